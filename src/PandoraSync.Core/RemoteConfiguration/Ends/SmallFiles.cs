using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;

namespace PandoraSync.RemoteConfiguration.Ends;

/// <summary>
/// Copies many small files of a site into memory, as many under way as the server takes: a window at a time over the fast lane and over TLS (protocol.md,
/// sections 9 and 10), else one at a time on each of several connections. A file at which a connection has ended is asked for alone.
/// </summary>
/// <param name="connections">The connections to the site.</param>
/// <param name="maxBytes">Most bytes of one file.</param>
/// <param name="take">Told each answer, by one thread at a time.</param>
internal sealed class SmallFiles(SiteConnections connections, long maxBytes, Action<FetchedFile> take)
{
    private const int MostFiles = 2048;
    private const long MostBytesUnproven = 16 * 1024 * 1024;
    private const int MostAttempts = 3;
    private const int MostBreaks = 3;
    private readonly ConcurrentQueue<string> _names = new();
    private readonly ConcurrentQueue<string> _alone = new();
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly object _gate = new();
    private int _window = MostFiles;
    private int _breaks;

    /// <summary>Asks for files.</summary>
    /// <exception cref="TentacleException">The site cannot be reached any more.</exception>
    public async Task FetchAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
            _names.Enqueue(name);
        while (!IsDone)
        {
            // The first one shows what the server is.
            var workers = connections.HasFastLane || (connections.UsesTls && !IsGivenUp) ? 1 : Math.Min(connections.Most, _names.Count + _alone.Count);
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(cancellationToken))).ConfigureAwait(false);
        }
    }

    private bool IsDone => _names.IsEmpty && _alone.IsEmpty;

    private bool IsGivenUp => Volatile.Read(ref _breaks) >= MostBreaks;

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        for (var failures = 0; !IsDone;)
        {
            try
            {
                await connections.UseOnceAsync(client => AskAsync(client, cancellationToken), cancellationToken).ConfigureAwait(false);
                failures = 0;
            }
            catch (TentacleException e) when (RetryPolicy.IsWorthwhile(e) && failures++ < connections.RetryCount)
            {
                await RetryPolicy.WaitAsync(failures, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> AskAsync(TentacleClient client, CancellationToken cancellationToken)
    {
        if (_names.IsEmpty || (!client.HasFastLane && (client.Options.Tls is null || IsGivenUp)))
            return await AskAloneAsync(client, cancellationToken).ConfigureAwait(false);
        await client.ResyncAsync(cancellationToken).ConfigureAwait(false);
        using var pipeline = client.BeginPipeline(cancellationToken);
        var asked = new Queue<string>();
        while (asked.Count < _window && !pipeline.IsFull && _names.TryDequeue(out var name))
        {
            pipeline.Receive(name);
            asked.Enqueue(name);
        }

        pipeline.Send();
        await ReadAsync(pipeline, asked, isProven: client.HasFastLane).ConfigureAwait(false);
        return true;
    }

    /// <summary>Reads the answers of a window. Of a stock server nothing counts before the window is proven.</summary>
    private async Task ReadAsync(TentaclePipeline pipeline, Queue<string> asked, bool isProven)
    {
        var unproven = new List<FetchedFile>();
        var bytes = 0L;
        try
        {
            for (; asked.Count > 0; asked.Dequeue())
            {
                var file = await ReadAsync(pipeline, asked.Peek()).ConfigureAwait(false);
                bytes += file.Content?.Length ?? 0;
                if (isProven)
                    Take(file);
                else if (bytes > MostBytesUnproven)
                    throw pipeline.BreakOff("sends more at once than was expected");
                else
                    unproven.Add(file);
            }

            if (!isProven)
                await pipeline.ProveAsync().ConfigureAwait(false);
            await pipeline.CompleteAsync().ConfigureAwait(false);
            Interlocked.Exchange(ref _breaks, 0);
            _window = Math.Min(MostFiles, _window * 2);
        }
        catch
        {
            Interlocked.Increment(ref _breaks);
            _window = Math.Max(1, _window / 4);
            unproven.ForEach(f => _names.Enqueue(f.Name));
            unproven.Clear();
            if (asked.Count > 0)
                _alone.Enqueue(asked.Dequeue());
            foreach (var name in asked)
                _names.Enqueue(name);
            throw;
        }

        unproven.ForEach(Take);
    }

    private async Task<FetchedFile> ReadAsync(TentaclePipeline pipeline, string name)
    {
        MemoryStream? content = null;
        try
        {
            var size = await pipeline.ReadFileAsync(TentacleVerb.Recv, name, announced => content = announced <= maxBytes ? new MemoryStream((int)announced) : throw pipeline.BreakOff($"announced {announced} bytes"), received: null).ConfigureAwait(false);
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
