#!/bin/sh
# usage: accounts.sh
#
# Makes, finds and deletes an account of the live environment by curl, and says how it went in TAP.
set -u
accounts=$CTESTBED_SERVICE_ACCOUNTS_URL/accounts
name=tap-$CTESTBED_RUN_ID
number=0
body=

# expect STATUS DESCRIPTION CURL-ARGUMENT...: one test; `body` is what came.
expect() {
  wanted=$1 description=$2
  shift 2
  number=$((number + 1))
  answer=$(curl --silent --show-error --max-time 5 --noproxy '*' --write-out '\n%{http_code}' "$@" 2>&1)
  status=$(printf '%s\n' "$answer" | tail -n 1)
  body=$(printf '%s\n' "$answer" | sed '$d')
  if [ "$status" = "$wanted" ]; then
    echo "ok $number - $description"
  else
    echo "not ok $number - $description"
    echo "# status is $status, wanted $wanted"
    printf '%s\n' "$body" | sed 's/^/# /'
  fi
}

echo 'TAP version 13'
echo '1..5'
expect 201 'an account is made' --data "{\"name\": \"$name\", \"password\": \"correct horse\"}" "$accounts"
id=$(printf '%s' "$body" | sed -n 's/.*"id": *"\([^"]*\)".*/\1/p')
[ -n "$id" ] || { echo 'Bail out! the new account has no id' && exit 1; }
expect 200 'it is found by its name' "$accounts?name=$name"
expect 409 'its name is taken' --data "{\"name\": \"$name\", \"password\": \"other horse\"}" "$accounts"
expect 204 'it is deleted' --request DELETE "$accounts/$id"
expect 404 'it is gone' "$accounts/$id"
