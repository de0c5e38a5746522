/// The script `curl-iam`: curl's options, as far as `iam-broker request` has the same.
///
/// curl itself is not called: it has many ways to send a request somewhere else than it looks like, and its `--verbose` shows
/// the token.
enum CurlScript {
    static func text(_ profile: String) -> String { start + WrapperSetting.line(profile) + rest }

    private static let start = """
        #!/bin/sh
        # Made by 'iam-broker setup curl', which takes it away with --undo.
        # One request with a token of a trusted profile, which 'iam-broker request' sends to IBM Cloud's hosts and nowhere else.

        """

    private static let rest = #"""

        set -eu

        refuse() {
          printf '%s\n' "curl-iam: $1" \
            "usage: curl-iam [-X METHOD] [-H 'NAME: VALUE']... [-d TEXT | -d @FILE] [-sSf] https://HOST/PATH" >&2
          exit 64
        }

        method='' url='' body='' has_body=''
        left=$#
        # Each word is taken from the front, and what it means for 'iam-broker request' is put at the end.
        while [ "$left" -gt 0 ]; do
          word=$1
          shift
          left=$((left - 1))
          case $word in
            -[XHd]?*)
              value=${word#-?}
              word=${word%"$value"}
              ;;
            --request=* | --header=* | --data=* | --data-binary=* | --json=* | --url=*)
              value=${word#*=}
              word=${word%%=*}
              ;;
            -X | --request | -H | --header | -d | --data | --data-binary | --json | --url)
              [ "$left" -gt 0 ] || refuse "$word needs a value"
              value=$1
              shift
              left=$((left - 1))
              ;;
            -s | --silent | -S | --show-error | -f | --fail | -sS | -Ss | -sf | -fs | -sSf | -fsS) continue ;;
            -*) refuse "$word is not known here" ;;
            *)
              value=$word
              word=--url
              ;;
          esac
          case $word in
            -X | --request)
              case $value in *[!A-Z]*) refuse "$value is no method" ;; esac
              method=$value
              ;;
            -H | --header) set -- "$@" "--header=$value" ;;
            --url)
              [ -z "$url" ] || refuse 'one URL at a time'
              case $value in -*) refuse "$value is no URL" ;; esac
              url=$value
              ;;
            *)
              [ -z "$has_body" ] || refuse 'one body at a time'
              has_body=yes
              body=$value
              ;;
          esac
        done
        [ -n "$url" ] || refuse 'name a URL'

        if [ -z "$has_body" ]; then
          exec iam-broker request "${method:-GET}" "$url" --profile "$profile" "$@"
        fi
        case $body in
          @*) exec iam-broker request "${method:-POST}" "$url" --profile "$profile" "--input=${body#@}" "$@" ;;
        esac
        printf '%s' "$body" | iam-broker request "${method:-POST}" "$url" --profile "$profile" --input - "$@"

        """#
}
