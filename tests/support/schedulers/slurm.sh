#!/usr/bin/env bash
# A Slurm of two nodes on this machine for as long as a command runs: slurm.sh FOLDER COMMAND...
#
# Needs root and the packages slurmctld, slurmd, slurm-client and munge. The daemons live in namespaces of their own (network,
# processes, mounts) and die with this script; COMMAND runs as the user levin-test in FOLDER, which it owns. 77: cannot be
# started here.
set -eu
folder=$1
shift
user=levin-test
if [ -z "${INSIDE:-}" ]; then
    [ "$(id -u)" = 0 ] || { echo "not root"; exit 77; }
    for program in slurmctld slurmd sbatch munged ip; do
        command -v $program >/dev/null || { echo "no $program (scripts/install-deps --schedulers)"; exit 77; }
    done
    id $user >/dev/null 2>&1 || useradd --create-home --shell /bin/bash $user
    namespaces=(unshare --net --pid --fork --kill-child --mount-proc --uts --ipc --mount)
    "${namespaces[@]}" true 2>/dev/null || { echo "no namespaces"; exit 77; }
    INSIDE=1 exec "${namespaces[@]}" bash "$0" "$folder" "$@"
fi

state=$(mktemp -d /tmp/levin-slurm-XXXXXX)
trap 'rm -rf "$state"' EXIT
chmod 755 "$state"
mkdir "$state"/{munge,control,node1,node2}
# Slurm looks its own name up with AI_ADDRCONFIG, which finds nothing where 127.0.0.1 is the only address.
ip link set lo up
ip address add 127.0.1.1/8 dev lo
hostname head
echo '127.0.0.1 head localhost' >"$state/hosts"
mount --bind "$state/hosts" /etc/hosts

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
for _ in $(seq 200); do
    if [ "$(sinfo -h -t idle -o %D 2>/dev/null)" = 2 ]; then up=1; break; fi
    sleep 0.1
done
[ "${up:-}" ] || { tail -n 5 "$state"/*.log >&2; echo "Slurm does not come up"; exit 77; }
# Where even the simplest job does not run it is not the job's fault.
setpriv --reuid $user --regid $user --init-groups timeout -s KILL 60 srun --chdir=/tmp true 2>"$state/trial.log" ||
    { tail -n 5 "$state"/*.log >&2; echo "Slurm runs no job"; exit 77; }
chown -R $user: "$folder"
cd "$folder"
setpriv --reuid $user --regid $user --init-groups "$@"
