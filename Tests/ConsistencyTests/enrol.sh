# Runs an issuer in ./issuer, and enrols a token with the client for each name that is given.
set -eu
export OTPTOKEN_ISSUER_HOME="$PWD/issuer"
otptoken-issuer init --service-id 10121234 --name "Example Bank" --url http://127.0.0.1 >/dev/null
timeout 60 otptoken-issuer serve --listen 127.0.0.1:0 2>serving &
trap 'kill $!' EXIT
until grep -q listening serving; do sleep 0.05; done
server=$(sed -n 's/listening on //p' serving)
printf 123456 >start-password
for name; do
    otptoken-issuer issue --email a@example.com --start-password-file start-password >issued
    otptoken init --quiet --server "$server" --service-id 10121234 \
        --user-id "$(sed -n 's/user ID: *//p' issued)" --start-password-file start-password \
        --name "$name" >/dev/null
done
