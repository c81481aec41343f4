#!/bin/bash
# Makes every package from what is built: NuGet's of the libraries and of the command as a .NET tool, and Debian's.
# usage: pack.sh VERSION DIRECTORY
set -euo pipefail

version=$1
into=$2
root=$(cd "$(dirname "$0")/.." && pwd)
native=$root/artifacts/native
pack() {
    dotnet pack "$root/$1" --configuration Release --nologo --verbosity quiet --output "$into" -p:PackageVersion="$version" "${@:2}"
}

for library in Zones.Core Zones.Rpc Zones.Storage Zones.Network Zones.Domains; do
    pack "$library" --no-build
done
# Where natives.sh compiled it, so that it is not compiled once more.
pack Zones.Tool -p:UseArtifactsOutput=true -p:ArtifactsPath="$native" -p:CopyOutputSymbolsToPublishDirectory=false -p:AllowedReferenceRelatedFileExtensions=.none
"$root/build/deb.sh" "$version" "$into"
