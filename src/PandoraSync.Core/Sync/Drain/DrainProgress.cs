using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>What one site's drain has come to so far; counted by several connections at once.</summary>
internal sealed class DrainProgress(string site, SyncOptions options)
{
    // So many files that each end a connection, and no answer between them, are not the files' fault; of those that are waited for in
    // vain far fewer, or a line that carries no content would keep a run for hours.
    private const int MostFailuresInARow = 1000;
    private const int MostTimeoutsInARow = 20;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentQueue<SkippedFile> _skipped = new();
    private long _files;
    private long _bytes;
    private long _recovered;
    private long _skippedCount;
    private long _done;
    private long _received;
    private long _filesReceived;
    private long _answers;
    private long _failedInARow;
    private TentacleException? _lastOfFile;
    private TentacleException? _fatal;

    /// <summary>Files found; null until then.</summary>
    public long? Total { get; private set; }

    /// <summary>True once the server has done something for us: a connection that it then closes without an answer is broken, not unwanted.</summary>
    public bool HasBeenServed { get; set; }

    /// <summary>Questions about files that the site has answered so far: the measure of how fast it is.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>Counts answers.</summary>
    public void Answered(int count = 1)
    {
        Interlocked.Add(ref _answers, count);
        Interlocked.Exchange(ref _failedInARow, 0);
    }

    /// <summary>Counts an error by which a file has ended a connection.</summary>
    /// <returns>False if so many have in a row that the site is to blame.</returns>
    public bool TryCharge(TentacleException error)
    {
        Volatile.Write(ref _lastOfFile, error);
        var weight = error.Kind == TentacleErrorKind.Timeout ? MostFailuresInARow / MostTimeoutsInARow : 1;
        return Interlocked.Add(ref _failedInARow, weight) <= MostFailuresInARow;
    }

    /// <summary>Notes the last error that was charged to a file as the site's own, if the site has not answered a single question about a file.</summary>
    public void FailIfNothingCame()
    {
        if (Answers == 0 && Volatile.Read(ref _lastOfFile) is { } error)
            Fail(error);
    }

    /// <summary>Notes how many files were found.</summary>
    public void Found(long files)
    {
        Total = files;
        Report();
    }

    /// <summary>Counts a file whose content is here and not yet on disk, for progress.</summary>
    public void Came() => Interlocked.Increment(ref _filesReceived);

    /// <summary>Counts content as it comes, for progress.</summary>
    public void Content(int bytes)
    {
        Interlocked.Add(ref _received, bytes);
        Report();
    }

    /// <summary>Counts a file that has arrived.</summary>
    public void Arrived(StagedFile file, string path)
    {
        Interlocked.Increment(ref _files);
        Interlocked.Add(ref _bytes, file.Length);
        if (file.IsRecovered)
            Interlocked.Increment(ref _recovered);
        options.Received?.Invoke(new ReceivedFile(site, file.Name, file.Length, path));
        Done();
    }

    /// <summary>Notes a file that was not taken.</summary>
    public void Skip(string name, string reason, TentacleErrorKind kind)
    {
        if (Interlocked.Increment(ref _skippedCount) <= SiteResult.MostNamed)
            _skipped.Enqueue(new SkippedFile(name, reason, kind));
        LogVerbose($"'{TentacleText.Show(name)}' is left: {reason}");
        Done();
    }

    /// <summary>Notes a file that somebody else took or deleted before us: nothing to do.</summary>
    public void RecordMissing(string name)
    {
        LogVerbose($"'{name}' is no longer there (or is a folder)");
        Done();
    }

    /// <summary>Notes the error that ends the site's drain; only the first counts.</summary>
    public void Fail(TentacleException error) => Interlocked.CompareExchange(ref _fatal, error, comparand: null);

    /// <summary>What it has come to.</summary>
    public SiteResult ToResult() => new()
    {
        Site = site,
        Files = Interlocked.Read(ref _files),
        Bytes = Interlocked.Read(ref _bytes),
        Recovered = Interlocked.Read(ref _recovered),
        Skipped = _skipped.ToArray(),
        SkippedCount = Interlocked.Read(ref _skippedCount),
        Elapsed = _clock.Elapsed,
        Error = Volatile.Read(ref _fatal),
    };

    public void LogVerbose(string text) => options.Verbose?.Invoke($"{site}: {text}");

    /// <summary>Has it told how far the site is; first when its turn has come.</summary>
    public void Report() =>
        options.Progress?.Invoke(new SyncProgress(site, Interlocked.Read(ref _done), Interlocked.Read(ref _filesReceived), Total, Interlocked.Read(ref _received)));

    private void Done()
    {
        Interlocked.Increment(ref _done);
        Report();
    }
}
