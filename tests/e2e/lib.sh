# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For the end-to-end tests: source it first. The current directory is the test's own scratch
# directory; $AMIWRIGHT is the program.
set -eu

: "${AMIWRIGHT:?names the program}" "${E2E_DIR:?is the directory of the tests}"
E2E_SHARED=${E2E_SHARED:-$PWD/shared}
PATH=$PATH:/usr/sbin:/sbin
export PATH

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

note() {
	echo "--- $*"
}

# leave_out WHAT: this machine cannot show it; tests/run says so beside the test's result.
leave_out() {
	echo "left out: $*"
}

# expect CODE COMMAND…: run it, keep stdout in ./out and stderr in ./err, and want that code.
expect() {
	wanted=$1
	shift
	code=0
	"$@" >out 2>err || code=$?
	[ "$code" = "$wanted" ] && return 0
	sed 's/^/out: /' out
	sed 's/^/err: /' err
	fail "exit code $code where $wanted was expected: $*"
}

# says PATTERN: ./err has a line that matches (extended regular expression).
says() {
	grep -qE -- "$1" err && return 0
	sed 's/^/err: /' err
	fail "stderr does not say: $1"
}

# wait_for SECONDS COMMAND…: until it succeeds; looks ten times a second.
wait_for() {
	tries=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || fail "waited too long for: $*"
		sleep 0.1
	done
}

# on_one_processor COMMAND…: so that it boots one machine after the other. Two of each test that is
# under way are more than the guests' own time limits allow where processors are emulated.
on_one_processor() {
	taskset -c "$(python3 -c "import os
allowed = sorted(os.sched_getaffinity(0))
print(allowed[${E2E_LANE:-0} % len(allowed)])")" "$@"
}

# fixture RELEASE [AGENT]: the path of a disk image of recipes/debian.yaml for that release, with
# the agent ec2-init or another; built once for all tests of a run, without verification.
fixture() {
	base=$E2E_SHARED/$1-${2:-ec2-init}
	mkdir -p "$E2E_SHARED"
	(
		flock 9
		if [ ! -e "$base.raw" ]; then
			"$AMIWRIGHT" build "$E2E_DIR/../../recipes/debian.yaml" --set release="$1" \
				--set agent="${2:-ec2-init}" --no-verify --to "$base.raw" \
				>"$base.log" 2>&1 || {
				cat "$base.log" >&2
				exit 1
			}
		fi
	) 9>"$base.lock" || fail "the image of $1 could not be built"
	echo "$base.raw"
}

# without_trees: from here on a cache with the packages and lists that the other tests have, and
# without the trees that they have finished, or begun: a tree is then made, not taken.
without_trees() {
	mkdir -p "$PWD/cache/amiwright"
	for part in "$XDG_CACHE_HOME"/amiwright/debian/*; do
		case $part in
		*/trees | */bases) ;;
		*) mkdir -p cache/amiwright/debian && cp -a "$part" cache/amiwright/debian/ ;;
		esac
	done
	export XDG_CACHE_HOME="$PWD/cache"
}

# in_session COMMAND…: start it in the background as the leader of a session; its number is $pid.
# The shell has its background commands ignore SIGINT: env undoes that. Neither env nor setsid
# forks here.
in_session() {
	env --default-signal=INT setsid "$@" &
	pid=$!
}

# find_sessions: of $pid and of all that it has started; what builds the tree has one of its own.
find_sessions() {
	sessions=$(ps -e -o pid=,ppid=,sid= | awk -v root="$pid" '
		{ parent[$1] = $2; session[$1] = $3 }
		END {
			for (p in parent) {
				for (q = p; q > 1 && q != root; q = parent[q])
					;
				if (q == root)
					print session[p]
			}
		}' | sort -u | paste -sd,)
	[ -n "$sessions" ] || fail "process $pid is gone"
}

# nothing_runs: no process of these sessions is left. Namespaces do not hide one.
nothing_runs() {
	! pgrep -s "$sessions" >/dev/null
}
