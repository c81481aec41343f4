#!/bin/bash
# The one entry to everything that is done with this repository; the steps themselves are in build.cake.
set -euo pipefail

usage() {
    cat <<'HELP'
usage: ./build.sh TARGET [--filter X]

  Demo     boot a real zone over this host's own /usr and show what it can do (as root)
  Test     run all tests, or those whose name contains X (as root)
  Build    compile everything; the programs land in artifacts/bin
  Bench    measure against other runtimes and write benchmarks/RESULTS.md, or only
           show the measurements whose name contains X (as root)
  Pack     make the packages, NuGet's and Debian's, in artifacts/packages

Debian packages that a target needs and that are missing are installed with apt-get.
HELP
}

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

target=${1:-help}
case ${target,,} in
    demo | test | build | bench | pack) target=${target,,} target=${target^} ;;
    help | -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac
shift

arguments=()
while (($#)); do
    case $1 in
        --filter) (($# > 1)) || fail "--filter needs a value: part of a test's name"; arguments+=("--filter=$2"); shift 2 ;;
        --filter=*) arguments+=("$1"); shift ;;
        *) usage >&2; exit 2 ;;
    esac
done

[[ $(uname -sm) == "Linux x86_64" ]] || fail "this is $(uname -sm): zones need Linux on x86_64"
command -v dotnet >/dev/null || fail "no dotnet on the PATH: install the .NET SDK 10 (https://dot.net)"
case $target in
    Demo | Test | Bench) ((EUID == 0)) || fail "$target makes namespaces and cgroups and must run as root: try sudo ./build.sh $target" ;;
esac

cd "$(dirname "$0")"

# Quiet, and nothing that goes on running (and holds the output open) when this script has ended.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
# A minimal machine has no ICU, which nothing here needs.
ldconfig -p 2>/dev/null | grep -q libicuuc || export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
dotnet --version >/dev/null || fail "the .NET SDK that global.json asks for is not installed: get the SDK 10 (https://dot.net)"

# Written by the Test target from the runner's own report, and printed below because Cake has a summary of its own to say.
totals=artifacts/test/totals
rm -f "$totals"
status=0
{ dotnet tool restore --verbosity quiet && dotnet cake --target="$target" "${arguments[@]}"; } || status=$?
if [[ $target == Test ]]; then
    [[ -s $totals ]] || fail "the tests did not run to their end"
    cat "$totals"
fi
exit "$status"
