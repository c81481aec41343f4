namespace Zones.Tool.Cli.Completion;

/// <summary>Scripts that ask <c>zone suggest</c> for each word. All that is known about the command stays in the command, so that a
/// script need not be installed anew with it.</summary>
internal static class ShellScripts
{
    /// <summary>The shells.</summary>
    public static IReadOnlyList<string> Names { get; } = ["bash", "zsh", "fish"];

    /// <summary>The script of a shell.</summary>
    public static string Of(string shell) => shell switch { "bash" => Bash, "zsh" => Zsh, _ => Fish };

    private const string Bash = """
        # bash completion for zone; made by 'zone completion bash'
        _zone() {
            local word=${COMP_WORDS[COMP_CWORD]} line
            COMPREPLY=()
            while IFS= read -r line; do
                case $line in
                    :file) compopt -o filenames; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word") ;;
                    :dir) compopt -o filenames; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$word") ;;
                    *) COMPREPLY+=("$line") ;;
                esac
            done < <("${COMP_WORDS[0]}" suggest -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
            # After PROPERTY= comes its value.
            [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=.] ]] && compopt -o nospace
        }
        complete -F _zone zone

        """;

    private const string Zsh = """
        #compdef zone
        # zsh completion for zone; made by 'zone completion zsh'
        _zone() {
            local line
            local -a found begun
            for line in "${(@f)$("${words[1]}" suggest -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
                case $line in
                    :file) _files ;;
                    :dir) _files -/ ;;
                    ?*[=.]) begun+=("$line") ;; # PROPERTY=, after which comes its value
                    ?*) found+=("$line") ;;
                esac
            done
            (( ${#begun} )) && compadd -S '' -a begun
            (( ${#found} )) && compadd -a found
        }
        if [[ "${funcstack[1]}" == _zone ]]; then
            _zone "$@"
        else
            compdef _zone zone
        fi

        """;

    private const string Fish = """
        # fish completion for zone; made by 'zone completion fish'
        function __zone_suggest
            set -l words (commandline -opc)
            set -l word (commandline -ct)
            for line in ($words[1] suggest -- $words[2..-1] "$word" 2>/dev/null)
                switch $line
                    case :file
                        __fish_complete_path "$word"
                    case :dir
                        __fish_complete_directories "$word"
                    case '*'
                        echo $line
                end
            end
        end
        complete -c zone -f -a '(__zone_suggest)'

        """;
}
