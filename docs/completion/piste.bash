# piste.bash - bash completes the words of the piste command. Installed where bash-completion looks for it; otherwise
#
#     source docs/completion/piste.bash
#
# test/manual.py holds it against what `piste --help` says.

_piste() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "import check day cap ccc plan calibrate map schema desk audit backup restore vault pass gate serve --help --version" -- "$word")
        return
    fi
    case ${COMP_WORDS[1]} in
    import) options="--area --zone --dem --merge --json -o --help" ;;
    check) options="--date --json --strict --help" ;;
    day) options="--guests --date --seed --full --html --json --csv --events --bin --until --save --resume --lean --threads --help" ;;
    cap) options="--where --measures --days --date --seed --precision --confidence --most --most-days --spread --no-inputs --threads --json --help" ;;
    calibrate) options="--scans --counts --gates --date --hold --missing --together --days --seed --threads --full --json -o --help" ;;
    ccc) options="--date --simulate --days --seed --threads --full --feet --json --csv --html --help" ;;
    plan) options="--db --threads --check --full --json --csv --html --compare --help" ;;
    map) options="--date --svg --html --language --help" ;;
    desk) options="--db --vault --for --key --who --date -o --json --help" ;;
    audit | backup) options="--db --json --help" ;;
    restore) options="--db --vault --json --help" ;;
    vault) options="--db --vault --masters --passphrase --lost --json --help" ;;
    schema) options="--markdown --json-schema -o --help" ;;
    pass) options="--days --date --from --until --hours --points --class --opens --waiver --name --count --text --svg --pdf --json --use --merged --stale-after --passphrase --help" ;;
    gate) options="--number --at --fingerprint --times --json --accept --published --help" ;;
    serve) options="--port --data --address --user --behind-tls --rate --demo --quiet --openapi --types --help" ;;
    *) return ;;
    esac
    if ((COMP_CWORD == 2)) && [[ $word != -* ]]; then
        case ${COMP_WORDS[1]} in
        pass) mapfile -t COMPREPLY < <(compgen -W "setup table issue show revoke waive publish keys rotate end backup restore" -- "$word") && return ;;
        gate) mapfile -t COMPREPLY < <(compgen -W "make update judge undo state log clock merge" -- "$word") && return ;;
        esac
    fi
    if ((COMP_CWORD == 3)) && [[ ${COMP_WORDS[1]} == desk && ${COMP_WORDS[2]} == account && $word != -* ]]; then
        compopt -o nospace 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -W "name= roles= password=-" -- "$word") && return
    fi
    case $before in
    --key | --who | --for | --area | --zone | --date | --guests | --seed | --until | --lean | --threads | --where | --days | --precision | --confidence | --most | --most-days | --spread | --hold | --missing | --together | --from | --hours | --points | --class | --opens | --name | --count | --stale-after | --number | --at | --fingerprint | --port | --address | --user | --rate | --demo) return ;; # a word of the user's own
    --gates)
        mapfile -t COMPREPLY < <(compgen -W "before after" -- "$word")
        return
        ;;
    --use)
        mapfile -t COMPREPLY < <(compgen -W "pass list" -- "$word")
        return
        ;;
    --bin)
        mapfile -t COMPREPLY < <(compgen -W "1 3 5 15 30 45 60" -- "$word")
        return
        ;;
    --json | --csv | --db | --vault | --masters | --scans | --counts | --events | --html | --save | --resume | --svg | --pdf | --text | --merged | --passphrase | --data | -o)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    else
        compopt -o filenames 2>/dev/null
        if [[ ${COMP_WORDS[1]} == @(import|ccc|plan|gate) ]]; then
            mapfile -t COMPREPLY < <(compgen -f -- "$word") # maps; folders and saved sheets; plans and databases; logs
        else
            mapfile -t COMPREPLY < <(compgen -d -- "$word") # resort folders
        fi
    fi
}
complete -F _piste piste
