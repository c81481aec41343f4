#!/bin/bash
# Publishes the NativeAOT programs zoned, zone, zone-serve and zone-guest into artifacts/bin, when a source is newer than they are.
# Called by build/Zones.Native.targets from every project that boots zones, so that `dotnet test`, `dotnet run` and an
# editor's test runner have them too. Several builds may call it at once: the first one works, the others wait and
# find it done. It has intermediate directories of its own (artifacts/native) because a build of the whole solution
# may be compiling the same projects at this very moment.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
bin=$root/artifacts/bin
work=$root/artifacts/native
mkdir -p "$bin" "$work"
exec 9>"$work/lock"
flock 9

sources=("$root/Zones.Core" "$root/Zones.Rpc" "$root/Zones.Storage" "$root/Zones.Network" "$root/Zones.Domains" "$root/Zones.Guest" "$root/Zones.Init" "$root/Zones.Server" "$root/Zones.Tool" "$root"/Directory.*.props "$root/global.json" "$root/build")
if [[ -x $bin/zoned && -x $bin/zone && -x $bin/zone-guest && -x $bin/zone-serve && -e $work/built ]] &&
    [[ -z $(find "${sources[@]}" -name bin -prune -o -name obj -prune -o -newer "$work/built" -print -quit) ]]; then
    exit 0
fi

# The stamp is as old as the start: what is edited while this runs is seen by the next run.
touch "$work/building"
for project in Zones.Init Zones.Guest Zones.Tool Zones.Server; do
    # The lock's descriptor is not for servers that a build may leave behind.
    dotnet publish "$root/$project" --configuration Release --output "$bin" --nologo --verbosity quiet \
        -p:UseArtifactsOutput=true -p:ArtifactsPath="$work" \
        -p:CopyOutputSymbolsToPublishDirectory=false -p:AllowedReferenceRelatedFileExtensions=.none 9>&-
done
mv "$work/building" "$work/built"
