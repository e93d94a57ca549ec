using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>Files drained from our server, against what other programs that move files reach and what the disk lets anybody reach.</summary>
internal static class DrainRuns
{
    private const string Synced = "rsync daemon, --remove-source-files --fsync";
    private const string Disk = "the disk's limit, 16 threads";
    private const string Ours = "default delivery, 4 connections";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static Comparison Compare(Scale scale)
    {
        var count = scale.Pick(200, 2000);
        return new Comparison("drain", $"Drain {count:#,##0} files of 4 KB from our server", "files",
        [
            new Contender(Synced, () => RsyncAsync(count, isSynced: true)) { WhyMissing = Peers.Rsync.WhyMissing },
            new Contender("rsync daemon, --remove-source-files, not flushed", () => RsyncAsync(count, isSynced: false)) { WhyMissing = Peers.Rsync.WhyMissing },
            new Contender("sftp get -f + rm, over a pipe without ssh", () => SftpAsync(count)) { WhyMissing = SftpServer.WhyMissing },
            new Contender("the disk's limit, 1 thread", () => DiskAsync(count, 1)),
            new Contender(Disk, () => DiskAsync(count, 16)),
            new Contender("default delivery, 1 connection", () => Drains.FromOursAsync(count, 1)),
            new Contender(Ours, () => Drains.FromOursAsync(count, 4)),
        ])
        {
            Goals = [Goal.Ratio(Ours, Synced, 3), Goal.Ratio(Ours, Disk, 0.8)],
            Notes =
            [
                "The disk's limit is what a program reaches that does nothing else: a new file of 4 KB, a flush, a rename, and the source file deleted. "
                + "rsync and sftp include the start of their programs, as each of their runs does.",
            ],
        };
    }

    private static async Task<double> RsyncAsync(int count, bool isSynced)
    {
        var files = AgentData.MakeMany(count);
        using var buffer = new TempFolder();
        using var incoming = new TempFolder();
        using var settings = new TempFolder();
        AgentFiles.Fill(buffer, files);

        // A daemon that root starts would serve as nobody, who may not delete the files.
        var user = Environment.IsPrivilegedProcess ? "uid = 0\ngid = 0\n" : string.Empty;
        var file = settings.Write("rsyncd.conf", $"use chroot = no\n{user}log file = {settings["log"]}\npid file = {settings["pid"]}\n[buffer]\npath = {buffer.Path}\nread only = no\n");
        var port = FreePort.Find();
        using var daemon = new PeerProcess(Peers.Rsync.Path!, ["--daemon", "--no-detach", "--address", "127.0.0.1", "--port", $"{port}", "--config", file]);
        await FreePort.WaitAsync(port);
        string[] arguments = ["-a", "--remove-source-files", $"rsync://127.0.0.1:{port}/buffer/", incoming.Path + "/"];
        var clock = Stopwatch.StartNew();
        var result = await Peers.Rsync.RunAsync(isSynced ? ["--fsync", .. arguments] : arguments, limit: Limit);
        var seconds = clock.Elapsed.TotalSeconds;
        return Finish(result, seconds, files, buffer, incoming);
    }

    private static async Task<double> SftpAsync(int count)
    {
        var files = AgentData.MakeMany(count);
        using var buffer = new TempFolder();
        using var incoming = new TempFolder();
        using var settings = new TempFolder();
        AgentFiles.Fill(buffer, files);
        var batch = settings.Write("batch", $"get -f {buffer.Path}/* {incoming.Path}/\nrm {buffer.Path}/*\n");
        var clock = Stopwatch.StartNew();
        var result = await Peers.Sftp.RunAsync(["-q", "-D", SftpServer.Path, "-b", batch], limit: Limit);
        var seconds = clock.Elapsed.TotalSeconds;
        return Finish(result, seconds, files, buffer, incoming);
    }

    private static double Finish(ProgramResult result, double seconds, AgentData[] files, TempFolder buffer, TempFolder incoming)
    {
        if (result.ExitCode != 0)
            throw new BenchFailedException(result.ToString());
        AgentFiles.Check(incoming.Path, files);
        AgentFiles.CheckGone(buffer.Path);
        return files.Length / seconds;
    }

    private static async Task<double> DiskAsync(int count, int threads)
    {
        var files = AgentData.MakeMany(count);
        using var buffer = new TempFolder();
        using var incoming = new TempFolder();
        AgentFiles.Fill(buffer, files);
        var next = -1;
        var clock = Stopwatch.StartNew();
        var work = new Task[threads];
        for (var i = 0; i < threads; i++)
        {
            work[i] = Task.Factory.StartNew(
                () =>
                {
                    for (int n; (n = Interlocked.Increment(ref next)) < files.Length;)
                        Move(files[n], buffer, incoming);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }

        await Task.WhenAll(work);
        var seconds = clock.Elapsed.TotalSeconds;
        AgentFiles.Check(incoming.Path, files);
        AgentFiles.CheckGone(buffer.Path);
        return count / seconds;
    }

    private static void Move(AgentData file, TempFolder buffer, TempFolder incoming)
    {
        var temporary = incoming[file.Name + ".part"];
        using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            stream.Write(file.Content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, incoming[file.Name]);
        File.Delete(buffer[file.Name]);
    }
}
