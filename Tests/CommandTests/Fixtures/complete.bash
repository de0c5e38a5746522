# Completes words as an interactive bash does, without a terminal.
#
# usage: bash complete.bash SCRIPT, with a command line in each line of standard input: its last word, perhaps an empty one,
# is completed. Prints what it may become, on one line.
set -o pipefail
source "$1"
read -r -a registration <<< "$(complete -p iam-broker)"
for ((index = 0; index < ${#registration[@]}; index++)); do
    [[ ${registration[index]} == -F ]] && completer=${registration[index + 1]}
done
while IFS= read -r COMP_LINE; do
    read -r -a COMP_WORDS <<< "$COMP_LINE"
    [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_POINT=${#COMP_LINE} COMP_TYPE=9 COMP_KEY=9 COMPREPLY=()
    before='' current=${COMP_WORDS[COMP_CWORD]}
    ((COMP_CWORD > 0)) && before=${COMP_WORDS[COMP_CWORD - 1]}
    "$completer" iam-broker "$current" "$before" 2> /dev/null
    printf '%s\n' "${COMPREPLY[*]-}"
done
