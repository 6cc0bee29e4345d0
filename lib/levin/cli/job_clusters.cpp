// Job files for Slurm, Grid Engine and HTCondor.
#include "levin/cli/job_writer.hpp"

namespace levin::cli::detail {

Files Writer::slurm() const {
    // The site may have RequeueExit=75, which has no end, or not: so a task asks for itself, and its last 75 is a 1.
    // What it asks for ends it; a status of its own besides might count as another try.
    const auto part_ending = [](std::size_t) {
        return fmt::format(
            "if [ $status = 75 ] && [ \"${{SLURM_RESTART_COUNT:-0}}\" -lt {} ]; then\n"
            "    scontrol requeue "
            "\"${{SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}}${{SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}}\" && sleep 60\n"
            "elif [ $status = 75 ]; then\n    status=1\nfi\nexit $status\n",
            retries);
    };
    Files files = scripts(
        part_ending, [this](std::size_t i) { return (steps_[i].in_rounds ? merge_ending(i) : "") + plain_ending(i); });
    const auto submit = [this](std::size_t i) {
        std::string common = fmt::format("--parsable --requeue --kill-on-invalid-dep=yes --cpus-per-task={} --mem={}M",
                                         options_.threads, megabytes(i));
        if (!options_.time.empty()) common += " --time=" + shell_quoted(options_.time);
        if (!options_.queue.empty()) common += " --partition=" + shell_quoted(options_.queue);
        const std::string array = steps_[i].in_parts ? fmt::format(" --array=1-{}", options_.parts) : "";
        std::string text =
            fmt::format("job=$(sbatch {}{} ${{job:+--dependency=afterok:$job}} --output={} {})\n", common, array,
                        shell_quoted(log(i) + (steps_[i].in_parts ? ".%a.log" : ".log")), path(script(i)));
        if (steps_[i].in_parts)
            text += fmt::format("job=$(sbatch {} --dependency=afterok:$job --output={} {})\n", common,
                                shell_quoted(log(i) + (steps_[i].in_rounds ? ".merge.log" : ".publish.log")),
                                path(last_script(i)));
        return text;
    };
    add_submitting(files,
                   "Submits an array of parts for each step, each after the one before; prints the last job's number.",
                   submit, "echo \"$job\"\n");
    return files;
}

Files Writer::sge() const {
    // -hold_jid starts a successor whatever the predecessor's status; 100 puts the task into the error state, which
    // holds it, and 99 starts it again. RESTARTED says that this is another try, not which.
    Files files = scripts(
        [](std::size_t) {
            return fmt::format(
                "if [ $status = 75 ]; then\n    echo >>\"$log.retries\"\n    [ \"$(wc -l "
                "<\"$log.retries\")\" -le {} ] || status=1\nfi\n"
                "case $status in 0) rm -f \"$log.retries\" ;; 75) exit 99 ;; *) exit 100 ;; esac\n",
                retries);
        },
        [this](std::size_t i) {
            return (steps_[i].in_rounds ? merge_ending(i) : "") + "[ $status = 0 ] || exit 100\n";
        });
    const auto submit = [this](std::size_t i) {
        std::string common = fmt::format("-terse -cwd -S /bin/bash -j y -l h_vmem={}M", megabytes(i));
        if (options_.threads > 1) common += fmt::format(" -pe smp {}", options_.threads);
        if (!options_.time.empty()) common += " -l h_rt=" + shell_quoted(options_.time);
        if (!options_.queue.empty()) common += " -q " + shell_quoted(options_.queue);
        const std::string array = steps_[i].in_parts ? fmt::format(" -t 1-{}", options_.parts) : "";
        std::string text = fmt::format("job=$(qsub {} -N levin-step-{}{} ${{job:+-hold_jid ${{job%%.*}}}} -o {} {})\n",
                                       common, i + 1, array, path("logs"), path(script(i)));
        if (steps_[i].in_parts)
            text += fmt::format("job=$(qsub {} -N levin-{} -hold_jid ${{job%%.*}} -o {} {})\n", common, last(i),
                                path("logs"), path(last_script(i)));
        return text;
    };
    add_submitting(files,
                   "Submits an array of parts for each step, each held until the one before has ended; prints the last "
                   "job's number.",
                   submit, "echo \"${job%%.*}\"\n");
    return files;
}

Files Writer::condor() const {
    // A node a part: of a cluster of jobs DAGMan would start all again, and it gives up when one fails just as the
    // others end (seen with 23.9).
    Files files = scripts();
    const auto job_file = [&](std::size_t i, const std::string& name, const std::string& program, bool tries) {
        std::string text =
            fmt::format("executable = /bin/bash\narguments = \"'{}' $(Part)\"\ninitialdir = {}\nuniverse = vanilla\n",
                        options_.folder + "/" + program, options_.work);
        text += fmt::format("request_cpus = {}\nrequest_memory = {}M\n", options_.threads, megabytes(i));
        if (tries) text += fmt::format("max_retries = {}\nretry_until = ExitCode =!= 75\n", retries);
        text += "should_transfer_files = NO\n";
        text +=
            fmt::format("log = {0}/logs/condor.log\noutput = {0}/logs/$(JOB).out\nerror = {0}/logs/$(JOB).err\nqueue\n",
                        options_.folder);
        files.push_back({name + ".sub", text});
    };
    const auto relation = [](const std::string& before, const std::string& behind) {
        return before.empty() ? "" : fmt::format("PARENT {} CHILD {}\n", before, behind);
    };
    // The nodes of a step, behind `before`, which becomes what the next step is behind.
    const auto nodes = [&](std::size_t i, std::string& before) {
        const std::string step = fmt::format("step-{}", i + 1);
        std::string text, names;
        job_file(i, step, script(i), true);
        for (Index part = 1; part <= parts(i); ++part) {
            const std::string name = steps_[i].in_parts ? fmt::format("{}-part-{}", step, part) : step;
            text += fmt::format("JOB {0} {1}.sub\nVARS {0} Part=\"{2}\"\n", name, step, part);
            names += (names.empty() ? "" : " ") + name;
        }
        text += relation(before, names);
        before = names;
        if (!steps_[i].in_parts) return text;
        job_file(i, last(i), last_script(i), !steps_[i].in_rounds);
        text += fmt::format("\nJOB {0} {0}.sub\nVARS {0} Part=\"\"\n", last(i)) + relation(before, last(i));
        before = last(i);
        return text;
    };
    const std::string retry = fmt::format("\nRETRY ALL_NODES {} UNLESS-EXIT 2\n", retries);
    std::string dag =
        "# condor_submit_dag THIS, in this folder. What may pass (75) is tried again by the job; RETRY is for a job "
        "that was\n# killed; a wrong request (2) is never tried again.\n";
    std::string before, rounds;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        dag += "\n" + comment(steps_[i].text);
        if (!steps_[i].in_rounds) {
            dag += nodes(i, before);
            continue;
        }
        // A round is a DAG of its own, whose merge ends it with 2 when it is to run again, from its beginning.
        const std::string step = fmt::format("step-{}", i + 1);
        std::string inner;
        files.push_back({step + ".dag", comment(steps_[i].text) + "CONFIG rounds.config\n" + nodes(i, inner) +
                                            fmt::format("ABORT-DAG-ON {} 75 RETURN 2\n", last(i)) + retry});
        dag += fmt::format("SUBDAG EXTERNAL {0} {0}.dag\n", step) + relation(before, step);
        rounds += fmt::format("RETRY {} 1000000 UNLESS-EXIT 1\n", step);
        before = step;
    }
    if (!rounds.empty()) files.push_back({"rounds.config", "DAGMAN_MAX_RESCUE_NUM = 0\n"});
    files.push_back({"workflow.dag", dag + retry + rounds});
    files.push_back(run("Submits the DAG.",
                        fmt::format("cd {}\nexec condor_submit_dag -f workflow.dag\n", shell_quoted(options_.folder))));
    return files;
}

}  // namespace levin::cli::detail
