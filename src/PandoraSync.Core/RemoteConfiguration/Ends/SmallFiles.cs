using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Sync.Drain;

namespace PandoraSync.RemoteConfiguration.Ends;

/// <summary>
/// Copies many small files of a site into memory, as many under way as the server takes: a window at a time over the fast lane, over TLS and over long lines
/// (protocol.md, sections 9 and 10), else one at a time on each of several connections. A file at which a connection has ended is asked for alone.
/// </summary>
/// <param name="connections">The connections to the site.</param>
/// <param name="maxBytes">Most bytes of one file.</param>
/// <param name="take">Told each answer, by one thread at a time.</param>
internal sealed class SmallFiles(SiteConnections connections, long maxBytes, Action<FetchedFile> take)
{
    private const int MostFiles = 2048;
    private const long MostBytesUnproven = 16 * 1024 * 1024;
    private const int MostAttempts = 3;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromSeconds(2);
    private readonly ConcurrentQueue<string> _names = new();
    private readonly ConcurrentQueue<string> _alone = new();
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly object _gate = new();

    /// <summary>Asks for files.</summary>
    /// <exception cref="TentacleException">The site cannot be reached any more.</exception>
    public async Task FetchAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
            _names.Enqueue(name);
        while (!IsDone)
        {
            // The first one shows what the server is.
            var workers = connections.HasFastLane || (connections.UsesTls && connections.Manner.IsAskedAhead) ? 1 : Math.Min(connections.Most, _names.Count + _alone.Count);
            var share = _names.Count / Math.Max(1, workers);
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(new AheadWindow(share), cancellationToken))).ConfigureAwait(false);
        }
    }

    private bool IsDone => _names.IsEmpty && _alone.IsEmpty;

    private async Task WorkAsync(AheadWindow window, CancellationToken cancellationToken)
    {
        for (var failures = 0; !IsDone;)
        {
            var breaks = connections.Manner.Breaks;
            try
            {
                await connections.UseOnceAsync(client => AskAsync(client, window, cancellationToken), cancellationToken).ConfigureAwait(false);
                failures = 0;
            }
            catch (TentacleException e) when (RetryPolicy.IsWorthwhile(e) && (connections.Manner.Breaks != breaks || failures++ < connections.RetryCount))
            {
                // What comes of asking ahead is no failure of the site: after a few breaks in a row it is asked for one file at a time.
                await RetryPolicy.WaitAsync(Math.Max(1, failures), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> AskAsync(TentacleClient client, AheadWindow window, CancellationToken cancellationToken)
    {
        if (_names.IsEmpty)
            return await AskAloneAsync(client, cancellationToken).ConfigureAwait(false);
        if (client.HasFastLane)
        {
            await client.ResyncAsync(cancellationToken).ConfigureAwait(false);
            using var lane = client.BeginPipeline(cancellationToken);
            var asked = Ask(lane, MostFiles);
            lane.Send();
            await ReadAsync(lane, asked).ConfigureAwait(false);
            return true;
        }

        if (!await connections.Manner.CanAskAheadAsync(client, cancellationToken).ConfigureAwait(false))
            return await AskAloneAsync(client, cancellationToken).ConfigureAwait(false);
        using var ahead = client.BeginPipeline(cancellationToken, connections.Manner.GetGap);
        await ReadWindowAsync(ahead, window).ConfigureAwait(false);
        return true;
    }

    private Queue<string> Ask(TentaclePipeline pipeline, int most)
    {
        var asked = new Queue<string>();
        while (asked.Count < most && !pipeline.IsFull && _names.TryDequeue(out var name))
        {
            pipeline.Receive(name);
            asked.Enqueue(name);
        }

        return asked;
    }

    /// <summary>Reads answers that count as they come.</summary>
    private async Task ReadAsync(TentaclePipeline pipeline, Queue<string> asked)
    {
        try
        {
            for (; asked.Count > 0; asked.Dequeue())
                Take(await ReadAsync(pipeline, asked.Peek()).ConfigureAwait(false));
            await pipeline.CompleteAsync().ConfigureAwait(false);
        }
        catch
        {
            AskAgain(asked);
            throw;
        }
    }

    /// <summary>Asks a stock server for a window of files, of which nothing counts before it is proven.</summary>
    private async Task ReadWindowAsync(TentaclePipeline pipeline, AheadWindow window)
    {
        var (clock, breaksBefore, gap) = (Stopwatch.StartNew(), connections.Manner.Breaks, connections.Manner.GetGap());
        var files = window.Files;
        var asked = Ask(pipeline, files);
        pipeline.AskProof();
        pipeline.Send();
        var unproven = new List<FetchedFile>();
        var bytes = 0L;
        try
        {
            for (; asked.Count > 0; asked.Dequeue())
            {
                var file = await ReadAsync(pipeline, asked.Peek()).ConfigureAwait(false);
                unproven.Add(file);
                bytes += file.Content?.Length ?? 0;
                if (bytes > MostBytesUnproven)
                    throw pipeline.BreakOff("sends more at once than was expected", isFilesFault: true);
            }

            await pipeline.ReadProofAsync().ConfigureAwait(false);
            window.Proved(files, clock.Elapsed > LongestWindow);
            connections.Manner.Proved(gap);
            await pipeline.CompleteAsync().ConfigureAwait(false);
        }
        catch
        {
            window.Broke();
            if (!pipeline.BrokeByFile)
                connections.Manner.Broke(breaksBefore);
            unproven.ForEach(f => _names.Enqueue(f.Name));
            AskAgain(asked);
            throw;
        }

        unproven.ForEach(Take);
    }

    /// <summary>What was under way at a break is asked for again, and alone what that was.</summary>
    private void AskAgain(Queue<string> asked)
    {
        if (asked.Count > 0)
            _alone.Enqueue(asked.Dequeue());
        foreach (var name in asked)
            _names.Enqueue(name);
    }

    private async Task<FetchedFile> ReadAsync(TentaclePipeline pipeline, string name)
    {
        MemoryStream? content = null;
        try
        {
            var size = await pipeline.ReadFileAsync(TentacleVerb.Recv, name, announced => content = announced <= maxBytes ? new MemoryStream((int)announced) : throw pipeline.BreakOff($"announced {announced} bytes", isFilesFault: true), received: null).ConfigureAwait(false);
            return new FetchedFile(name, size is null ? null : content!.ToArray());
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            return new FetchedFile(name, Content: null, e);
        }
    }

    private async Task<bool> AskAloneAsync(TentacleClient client, CancellationToken cancellationToken)
    {
        if (!_alone.TryDequeue(out var name) && !_names.TryDequeue(out name))
            return true;
        try
        {
            Take(await FetchAloneAsync(client, name, maxBytes, cancellationToken).ConfigureAwait(false));
            return true;
        }
        catch (TentacleException e) when (RetryPolicy.IsWorthwhile(e))
        {
            if (_attempts.AddOrUpdate(name, 1, (_, n) => n + 1) >= MostAttempts)
                Take(new FetchedFile(name, Content: null, e));
            else
                _alone.Enqueue(name);
            throw;
        }
        catch
        {
            _alone.Enqueue(name);
            throw;
        }
    }

    /// <summary>Asks for one file and waits for the answer.</summary>
    /// <exception cref="TentacleException">The connection failed.</exception>
    public static async Task<FetchedFile> FetchAloneAsync(TentacleClient client, string name, long maxBytes, CancellationToken cancellationToken)
    {
        MemoryStream? content = null;
        try
        {
            var size = await client.TakeAsync(TentacleVerb.Recv, name, announced => content = announced <= maxBytes ? new MemoryStream((int)announced) : null, received: null, cancellationToken).ConfigureAwait(false);
            return size > maxBytes
                ? new FetchedFile(name, Content: null, TooLarge(client, name, size.Value, maxBytes))
                : new FetchedFile(name, content?.ToArray());
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            return new FetchedFile(name, Content: null, e);
        }
    }

    private static TentacleException TooLarge(TentacleClient client, string name, long bytes, long most) =>
        new(TentacleErrorKind.TooLarge, $"'{name}' at {client.Options.Endpoint} has {bytes} bytes, over the limit of {most}: raise the largest size (-MaxFileSize) if it is what you expect.") { Peer = client.Options.Endpoint.ToString(), File = name, Step = "RECV" };

    private void Take(FetchedFile file)
    {
        lock (_gate)
            take(file);
    }
}
