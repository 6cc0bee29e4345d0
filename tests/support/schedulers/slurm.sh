#!/usr/bin/env bash
# A Slurm of two nodes on this machine for as long as a command runs: slurm.sh FOLDER COMMAND...
#
# Needs root and the packages slurmctld, slurmd, slurm-client and munge. COMMAND runs as the user levin-test in FOLDER, which it
# owns. 77: cannot be started here.
set -eu
# shellcheck disable=SC1091
. "$(dirname "$0")/namespace.sh"
needs slurmctld slurmd sbatch munged ip
enter "$@"
folder=$1
shift
new_state slurm
mkdir "$state"/{munge,control,node1,node2}
# Slurm looks its own name up with AI_ADDRCONFIG, which finds nothing where 127.0.0.1 is the only address.
host '127.0.0.1 head localhost'
ip address add 127.0.1.1/8 dev lo

mkdir -p /run/munge
mount -t tmpfs -o mode=755 tmpfs /run/munge  # a socket folder that nobody else may write to, as munged asks for
head -c 128 /dev/urandom >"$state/munge/key"
chown -R munge: /run/munge "$state/munge"
chmod 700 "$state/munge"
chmod 400 "$state/munge/key"
munged=(munged --socket=/run/munge/levin.socket)
for file in key pid log seed; do munged+=("--$file-file=$state/munge/$file"); done
setpriv --reuid munge --regid munge --clear-groups "${munged[@]}"
export SLURM_CONF=$state/slurm.conf
cat >"$SLURM_CONF" <<END
ClusterName=levin
SlurmctldHost=head(127.0.0.1)
SlurmctldPort=16917
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=/run/munge/levin.socket,cred_expire=5
StateSaveLocation=$state/control
SlurmctldPidFile=$state/control.pid
SlurmctldLogFile=$state/control.log
SlurmdSpoolDir=$state/%n
SlurmdPidFile=$state/%n.pid
SlurmdLogFile=$state/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=0,batch_sched_delay=0
SwitchType=switch/none
MailProg=/bin/true
JobRequeue=1
RequeueExit=75
MinJobAge=3600
NodeName=node1 NodeHostname=head NodeAddr=127.0.0.1 Port=17101 CPUs=2 RealMemory=1000
NodeName=node2 NodeHostname=head NodeAddr=127.0.0.1 Port=17102 CPUs=2 RealMemory=1000
PartitionName=main Nodes=node1,node2 Default=YES MaxTime=INFINITE State=UP
END
printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n' >"$state/cgroup.conf"
slurmctld
slurmd -N node1
slurmd -N node2
both_idle() { [ "$(sinfo -h -t idle -o %D)" = 2 ]; }
wait_for 20 both_idle || { tail -n 5 "$state"/*.log >&2; cannot "Slurm does not come up"; }
# Where even the simplest job does not run it is not the job's fault.
as_user timeout -s KILL 60 srun --chdir=/tmp true 2>"$state/trial.log" ||
    { tail -n 5 "$state"/*.log >&2; cannot "Slurm runs no job"; }
chown -R $user: "$folder"
cd "$folder"
as_user "$@"
