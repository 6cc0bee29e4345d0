#!/usr/bin/env bash
# An HTCondor of two execution points on this machine for as long as a command runs: condor.sh FOLDER COMMAND...
#
# Needs root to make the namespaces; HTCondor itself runs as the user levin-test, as COMMAND does, in FOLDER, which it owns: without
# root's rights it starts jobs as who it is. It is the installed one, or what get_condor.sh unpacked, in $LEVIN_CONDOR or
# /opt/levin-condor. 77: cannot be started here.
set -eu
# shellcheck disable=SC1091
. "$(dirname "$0")/namespace.sh"
prefix=${LEVIN_CONDOR:-/opt/levin-condor}
release=/usr lib=/usr/lib/condor
[ ! -e "$prefix/root" ] || release=$prefix/root/usr lib=$prefix/lib
PATH=$release/bin:$release/sbin:$PATH
needs condor_master condor_submit_dag ip
enter "$@"
folder=$1
shift
new_state condor
host '127.0.0.1 head localhost'
mkdir "$state"/{log,spool,lock,run,etc,execute1,execute2}
export CONDOR_CONFIG=$state/config
cat >"$CONDOR_CONFIG" <<END
RELEASE_DIR = $release
LIB = $lib
LIBEXEC = \$(RELEASE_DIR)/libexec/condor
SHARE = \$(RELEASE_DIR)/share/condor
BIN = \$(RELEASE_DIR)/bin
SBIN = \$(RELEASE_DIR)/sbin
LOCAL_DIR = $state
LOG = $state/log
SPOOL = $state/spool
LOCK = $state/lock
RUN = $state/run
ETC = $state/etc
EXECUTE = $state/execute1
LOCAL_CONFIG_FILE =
LOCAL_CONFIG_DIR =
use ROLE: CentralManager
use ROLE: Submit
use ROLE: Execute

CONDOR_HOST = 127.0.0.1
NETWORK_INTERFACE = 127.0.0.1
BIND_ALL_INTERFACES = False
ENABLE_IPV6 = False
NO_DNS = True
DEFAULT_DOMAIN_NAME = levin.test
UID_DOMAIN = levin.test
FILESYSTEM_DOMAIN = levin.test
TRUST_UID_DOMAIN = True
# Nobody else is in these namespaces.
SEC_DEFAULT_AUTHENTICATION = OPTIONAL
SEC_DEFAULT_AUTHENTICATION_METHODS = FS
SEC_DEFAULT_ENCRYPTION = OPTIONAL
SEC_DEFAULT_INTEGRITY = OPTIONAL
ALLOW_READ = *
ALLOW_WRITE = *
ALLOW_DAEMON = *
ALLOW_NEGOTIATOR = *
ALLOW_ADMINISTRATOR = *
ALLOW_ADVERTISE_MASTER = *
ALLOW_ADVERTISE_STARTD = *
ALLOW_ADVERTISE_SCHEDD = *
CONDOR_ADMIN = nobody@localhost
MAIL = /bin/true
JAVA =
CGROUP_MEMORY_LIMIT_POLICY = none
BASE_CGROUP =

STARTD_NAME = node1
DAEMON_LIST = \$(DAEMON_LIST) NODE2
DC_DAEMON_LIST = + NODE2
NODE2 = \$(STARTD)
NODE2_ARGS = -f -local-name node2
node2.STARTD_NAME = node2
node2.EXECUTE = $state/execute2
node2.STARTD_LOG = $state/log/StartLog.node2
node2.STARTER_LOG = $state/log/StarterLog.node2
node2.STARTD_ADDRESS_FILE = $state/log/.startd_address.node2
NUM_CPUS = 2
MEMORY = 2000
SLOT_TYPE_1 = 100%
SLOT_TYPE_1_PARTITIONABLE = True
NUM_SLOTS_TYPE_1 = 1
START = True
SUSPEND = False
PREEMPT = False
KILL = False
RUNBENCHMARKS = 0

# Within a second or two instead of minutes.
SCHEDD_INTERVAL = 1
SCHEDD_MIN_INTERVAL = 1
NEGOTIATOR_INTERVAL = 1
NEGOTIATOR_MIN_INTERVAL = 1
NEGOTIATOR_CYCLE_DELAY = 0
UPDATE_INTERVAL = 1
STARTER_UPDATE_INTERVAL = 1
SHADOW_QUEUE_UPDATE_INTERVAL = 1
DAGMAN_USER_LOG_SCAN_INTERVAL = 1
DAGMAN_SUBMIT_DELAY = 0
# A test's scratch folder is in /tmp, which DAGMan calls a bad place for logs.
DAGMAN_USE_STRICT = 0
END
chown -R $user: "$state" "$folder"
cd "$folder"
as_user condor_master
both_there() { [ "$(condor_status -af Name | wc -l)" -ge 2 ] && as_user condor_q; }
wait_for 30 both_there || { tail -n 5 "$state"/log/*Log >&2 || true; cannot "HTCondor does not come up"; }
as_user "$@"
