# TAB completion of kubectl-vmsvc for fish. As ~/.config/fish/completions/kubectl-vmsvc.fish, or for one shell:
#   kubectl-vmsvc completion fish | source

function __kubectl_vmsvc
    set -l words (commandline -opc)
    # What it means, without what quotes it.
    set -l typed (commandline -ct | string replace -ra '\\\\(.)|[\'"]' '$1')
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -e words[1]
    # Values of options come without what stands before them.
    set -l before (string match -r -- '^-[^=]*=' $typed)
    set -l directive 4
    for line in ($program __complete $words "$typed" 2>/dev/null)
        if string match -qr '^:\d+$' -- $line
            set directive (string sub -s 2 -- $line)
        else
            printf '%s\n' "$before$line"
        end
    end
    if test $directive -eq 0
        for path in (__fish_complete_path (string sub -s (math (string length -- "$before") + 1) -- "$typed"))
            printf '%s\n' "$before$path"
        end
    end
end

complete -c kubectl-vmsvc -f -a '(__kubectl_vmsvc)'
