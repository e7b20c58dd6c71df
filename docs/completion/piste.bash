# piste.bash - bash completes the words of the piste command. Installed where bash-completion looks for it; otherwise
#
#     source docs/completion/piste.bash
#
# test/manual.py holds it against what `piste --help` says.

_piste() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "check schema --help --version" -- "$word")
        return
    fi
    case ${COMP_WORDS[1]} in
    check) options="--date --help --json --strict" ;;
    schema) options="--help --json-schema --markdown" ;;
    *) return ;;
    esac
    case $before in
    --date) return ;; # a word of the user's own
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    else
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
    fi
}
complete -F _piste piste
