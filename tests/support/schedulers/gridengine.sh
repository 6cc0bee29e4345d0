#!/usr/bin/env bash
# A Grid Engine of one host on this machine for as long as a command runs: gridengine.sh FOLDER COMMAND...
#
# Needs root and the packages gridengine-master, gridengine-exec and gridengine-client, whose own cell is left alone. COMMAND runs
# as the user levin-test in FOLDER, which it owns. 77: cannot be started here.
set -eu
# shellcheck disable=SC1091
. "$(dirname "$0")/namespace.sh"
PATH=$PATH:/usr/sbin
needs sge_qmaster sge_execd qsub qconf ip
enter "$@"
folder=$1
shift
new_state gridengine
# Names are looked up both ways and have to agree: one address, one name, and not a second one such as localhost.
host '127.0.0.1 head'

# SGE_SINGLE_LINE: what qconf prints is edited below line by line.
export SGE_ROOT=/var/lib/gridengine SGE_CELL=levin SGE_QMASTER_PORT=6444 SGE_EXECD_PORT=6445 SGE_SINGLE_LINE=1
cell=$SGE_ROOT/$SGE_CELL spool=/var/spool/gridengine
on_exit() {
    umount -l "$cell" && rmdir "$cell"
}
mkdir -p "$cell" "$spool" /run/gridengine
for place in "$cell" "$spool" /run/gridengine; do mount -t tmpfs tmpfs "$place"; done
mkdir -p "$cell/common" "$spool"/{qmaster/job_scripts,spooldb,execd}
echo head >"$cell/common/act_qmaster"
cp /usr/share/gridengine/default-bootstrap "$cell/common/bootstrap"
chown -R sgeadmin: "$cell" "$spool" /run/gridengine
as_admin() { setpriv --reuid sgeadmin --regid sgeadmin --clear-groups "$@"; }
{
    as_admin /usr/share/gridengine/scripts/init_cluster "$SGE_ROOT" "$SGE_CELL" "$spool/spooldb" sgeadmin
    as_admin /usr/lib/gridengine/spooldefaults managers root
} >"$state/init.log" 2>&1 || { cat "$state/init.log" >&2; cannot "Grid Engine makes no cell"; }
sge_qmaster >"$state/qmaster.log" 2>&1 || { cat "$state/qmaster.log" >&2; cannot "Grid Engine's master does not start"; }
wait_for 20 qconf -sh || { cat "$spool"/qmaster/messages >&2; cannot "Grid Engine's master does not answer"; }

# change NAME SHOW REPLACE SED-SCRIPT: a piece of the configuration, edited.
change() {
    qconf $2 | sed "$4" >"$state/$1"
    qconf "$3" "$state/$1" >/dev/null
}
{
    qconf -ah head || true  # it may be there already
    qconf -as head
    change global '-sconf global' -Mconf 's/^load_report_time .*/load_report_time 00:00:01/;s/^mailer .*/mailer \/bin\/true/'
    change scheduler -ssconf -Msconf 's/^schedule_interval .*/schedule_interval 0:0:1/
s/^\(flush_submit_sec\|flush_finish_sec\) .*/\1 1/;s/^load_formula .*/load_formula slots/;s/^job_load_adjustments .*/job_load_adjustments NONE/'
    cat >"$state/pe" <<END
pe_name            smp
slots              999
user_lists         NONE
xuser_lists        NONE
start_proc_args    NONE
stop_proc_args     NONE
allocation_rule    \$pe_slots
control_slaves     FALSE
job_is_first_task  TRUE
urgency_slots      min
accounting_summary FALSE
qsort_args         NONE
END
    qconf -Ap "$state/pe"
    sge_execd
    wait_for 20 qconf -se head
    # Without a name the template of a queue is shown.
    change queue -sq -Aq 's/^qname .*/qname main/;s/^hostlist .*/hostlist head/;s/^slots .*/slots 4/;s/^pe_list .*/pe_list smp/
s/^shell .*/shell \/bin\/bash/;s/^shell_start_mode .*/shell_start_mode unix_behavior/;s/^rerun .*/rerun TRUE/;s/^load_thresholds .*/load_thresholds NONE/'
} >"$state/setup.log" 2>&1 || { cat "$state/setup.log" "$spool"/*/messages >&2; cannot "Grid Engine cannot be set up"; }

# Where even the simplest job does not run it is not the job's fault.
(cd /tmp && as_user timeout -s KILL 60 qsub -N trial -sync y -b y -o /dev/null -j y -cwd true) >"$state/trial.log" 2>&1 ||
    { cat "$state/trial.log" "$spool"/*/messages >&2; cannot "Grid Engine runs no job"; }
chown -R $user: "$folder"
cd "$folder"
as_user "$@"
