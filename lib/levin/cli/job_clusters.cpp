// Job files for Slurm, Grid Engine and HTCondor.
#include "levin/cli/job_writer.hpp"

namespace levin::cli::detail {

Files Writer::slurm() const {
    // The site may have RequeueExit=75, which has no end, or not: so a task asks for itself, and its last 75 is a 1.
    // What it asks for ends it; a status of its own besides might count as another try.
    Files files = scripts([](std::size_t) {
        return fmt::format(
            "if [ $status = 75 ] && [ \"${{SLURM_RESTART_COUNT:-0}}\" -lt {} ]; then\n"
            "    scontrol requeue "
            "\"${{SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}}${{SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}}\" && sleep 60\n"
            "elif [ $status = 75 ]; then\n    status=1\nfi\nexit $status\n",
            retries);
    });
    std::string text;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        std::string common = fmt::format("--parsable --requeue --kill-on-invalid-dep=yes --cpus-per-task={} --mem={}M",
                                         options_.threads, megabytes(i));
        if (!options_.time.empty()) common += " --time=" + shell_quoted(options_.time);
        if (!options_.queue.empty()) common += " --partition=" + shell_quoted(options_.queue);
        const std::string after = i == 0 ? "" : " --dependency=afterok:$job";
        const std::string array = steps_[i].in_parts ? fmt::format(" --array=1-{}", options_.parts) : "";
        text += fmt::format("job=$(sbatch {}{}{} --output={} {})\n", common, array, after,
                            shell_quoted(log(i) + (steps_[i].in_parts ? ".%a.log" : ".log")), path(script(i)));
        if (steps_[i].in_parts)
            text += fmt::format("job=$(sbatch {} --dependency=afterok:$job --output={} {})\n", common,
                                shell_quoted(log(i) + ".publish.log"), path(publish(i)));
    }
    text += "echo \"$job\"\n";
    files.push_back(
        run("Submits an array of parts for each step, each after the one before; prints the last job's number.", text));
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
                "case $status in 0) ;; 75) exit 99 ;; *) exit 100 ;; esac\n",
                retries);
        },
        "[ $status = 0 ] || exit 100\n");
    std::string text;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        std::string common = fmt::format("-terse -cwd -S /bin/bash -j y -l h_vmem={}M", megabytes(i));
        if (options_.threads > 1) common += fmt::format(" -pe smp {}", options_.threads);
        if (!options_.time.empty()) common += " -l h_rt=" + shell_quoted(options_.time);
        if (!options_.queue.empty()) common += " -q " + shell_quoted(options_.queue);
        const std::string after = i == 0 ? "" : " -hold_jid ${job%%.*}";
        const std::string array = steps_[i].in_parts ? fmt::format(" -t 1-{}", options_.parts) : "";
        text += fmt::format("job=$(qsub {} -N levin-step-{}{}{} -o {} {})\n", common, i + 1, array, after, path("logs"),
                            path(script(i)));
        if (steps_[i].in_parts)
            text += fmt::format("job=$(qsub {} -N levin-publish-{} -hold_jid ${{job%%.*}} -o {} {})\n", common, i + 1,
                                path("logs"), path(publish(i)));
    }
    text += "echo \"${job%%.*}\"\n";
    files.push_back(
        run("Submits an array of parts for each step, each held until the one before has ended; prints the last job's "
            "number.",
            text));
    return files;
}

Files Writer::condor() const {
    // A node a part: of a cluster of jobs DAGMan would start all again, and it gives up when one fails just as the
    // others end (seen with 23.9).
    Files files = scripts();
    std::string dag =
        "# condor_submit_dag THIS, in this folder. What may pass (75) is tried again by the job; RETRY is for a job "
        "that "
        "was\n# killed; a wrong request (2) is never tried again.\n";
    const auto job_file = [&](std::size_t i, const std::string& name, const std::string& program) {
        std::string text =
            fmt::format("executable = /bin/bash\narguments = \"'{}' $(Part)\"\ninitialdir = {}\nuniverse = vanilla\n",
                        options_.folder + "/" + program, options_.work);
        text += fmt::format("request_cpus = {}\nrequest_memory = {}M\n", options_.threads, megabytes(i));
        text += fmt::format("max_retries = {}\nretry_until = ExitCode =!= 75\n", retries);
        text += "should_transfer_files = NO\n";
        text +=
            fmt::format("log = {0}/logs/condor.log\noutput = {0}/logs/$(JOB).out\nerror = {0}/logs/$(JOB).err\nqueue\n",
                        options_.folder);
        files.push_back({name + ".sub", text});
    };
    std::string before;
    // Nodes NAMES of one file, behind those before.
    const auto nodes = [&](const std::string& file, const std::vector<std::string>& names) {
        dag += "\n";
        for (std::size_t i = 0; i < names.size(); ++i)
            dag += fmt::format("JOB {0} {1}.sub\nVARS {0} Part=\"{2}\"\n", names[i], file, i + 1);
        const std::string all = fmt::format("{}", fmt::join(names, " "));
        if (!before.empty()) dag += fmt::format("PARENT {} CHILD {}\n", before, all);
        before = all;
    };
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const std::string step = fmt::format("step-{}", i + 1), last = fmt::format("publish-{}", i + 1);
        std::vector<std::string> names{step};
        if (steps_[i].in_parts) names.clear();
        for (Index part = 1; steps_[i].in_parts && part <= options_.parts; ++part)
            names.push_back(fmt::format("{}-part-{}", step, part));
        dag += "\n" + comment(steps_[i].text).substr(0, comment(steps_[i].text).size() - 1);
        job_file(i, step, script(i));
        nodes(step, names);
        if (!steps_[i].in_parts) continue;
        job_file(i, last, publish(i));
        nodes(last, {last});
    }
    dag += fmt::format("\nRETRY ALL_NODES {} UNLESS-EXIT 2\n", retries);
    files.push_back({"workflow.dag", dag});
    files.push_back(run("Submits the DAG.",
                        fmt::format("cd {}\nexec condor_submit_dag -f workflow.dag\n", shell_quoted(options_.folder))));
    return files;
}

}  // namespace levin::cli::detail
