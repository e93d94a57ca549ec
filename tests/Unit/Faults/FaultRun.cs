using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Staging;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Tests.Faults;

/// <summary>Plays a story, then lets the lines be good and drains until a drain has succeeded and left nothing, and settles the accounts.</summary>
internal sealed class FaultRun : IDisposable
{
    private const int MostCalmDrains = 20;
    private static readonly TimeSpan LongestStory = TimeSpan.FromMinutes(2);

    private readonly TempFolder _incoming = new();
    private readonly Ledger _ledger = new();
    private readonly bool _stock;
    private readonly FaultyBuffer _buffer;
    private readonly TlsClientOptions? _tls;
    private int _askedAhead;

    private FaultRun(bool stock, FaultyBuffer buffer, TlsClientOptions? tls)
    {
        _stock = stock;
        _buffer = buffer;
        _tls = tls;
    }

    /// <summary>Plays a story.</summary>
    /// <returns>What went wrong, and how often a connection was asked ahead.</returns>
    public static async Task<(FaultCount Wrong, int AskedAhead)> PlayAsync(FaultStory story, bool stock, TlsServerOptions serverTls, TlsClientOptions clientTls)
    {
        using var run = new FaultRun(stock, new FaultyBuffer(stock, story.Way, serverTls, story.Lines), story.Way == FaultyWay.Plain ? null : clientTls);
        var playing = run.PlayAsync(story);
        var hung = await Task.WhenAny(playing, Task.Delay(LongestStory)) != playing;
        if (!hung)
            await playing;
        run.Consume();
        return (run._ledger.Settle(hung), run._askedAhead);
    }

    public void Dispose()
    {
        _buffer.Dispose();
        _incoming.Dispose();
    }

    private async Task PlayAsync(FaultStory story)
    {
        foreach (var step in story.Steps)
            await PlayAsync(step);
        _buffer.CalmDown();

        // A copy may wait here although the server has let go of its file: only a drain that succeeds is the last.
        var last = await DrainAsync(connections: 2, breaksOffAfter: 0, Client(seconds: 10));
        for (var drains = 1; last is not { Succeeded: true } || _buffer.FileNames().Length > 0; drains++)
        {
            if (drains == MostCalmDrains)
                throw new InvalidOperationException($"After {drains} drains over good lines the buffer has {string.Join(", ", _buffer.FileNames())}; the last drain: {last}.");
            last = await DrainAsync(connections: 2, breaksOffAfter: 0, Client(seconds: 10));
        }

        var staging = new DirectoryInfo(Path.Combine(_incoming.Path, IncomingDirectory.OwnFolder));
        if (staging.EnumerateDirectories().SelectMany(site => site.EnumerateFiles("*", SearchOption.AllDirectories)).FirstOrDefault() is { } left)
            throw new InvalidOperationException($"A drain that succeeded has left '{left}' in staging.");
    }

    private Task PlayAsync(FaultStep step) => step switch
    {
        FaultStep.Send send => SendAsync(_ledger.NewName(), send.Bytes, send.LooksLikeAnswers),
        FaultStep.SendAgain send => _ledger.NameOf(send.File) is { } name ? SendAsync(name, send.Bytes, send.LooksLikeAnswers) : Task.CompletedTask,
        FaultStep.Fill fill => Task.Run(() => Fill(fill)),
        FaultStep.Copy copy => WithClientAsync(copy.File, (client, name) => client.TakeAsync(TentacleVerb.Recv, name, _ => Stream.Null, received: null, CancellationToken.None)),
        FaultStep.Remove remove => WithClientAsync(remove.File, RemoveAsync),
        FaultStep.List => WithClientAsync(0, (client, _) => client.ListAsync(string.Empty, CancellationToken.None)),
        FaultStep.Drain drain => DrainAsync(drain.Connections, drain.BreaksOffAfter, Client(seconds: 0.4)),
        FaultStep.Consume => Task.Run(Consume),
        FaultStep.Crash => _buffer.CrashAsync(),
        FaultStep.Together together => TogetherAsync(together),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    /// <summary>A server crashes once at a time, and not while it is being started again.</summary>
    private Task TogetherAsync(FaultStep.Together together)
    {
        var crashes = together.Steps.OfType<FaultStep.Crash>().Take(1);
        return Task.WhenAll(together.Steps.Where(s => s is not FaultStep.Crash).Concat(crashes).Select(PlayAsync));
    }

    private void Fill(FaultStep.Fill fill)
    {
        for (var i = 0; i < fill.Files; i++)
        {
            var sending = _ledger.Begin(_ledger.NewName(), fill.Bytes + i, looksLikeAnswers: i % 2 == 0);
            _buffer.Put(sending.Name, sending.Content);
            sending.IsAccepted = true;
        }
    }

    private async Task SendAsync(string name, int bytes, bool looksLikeAnswers)
    {
        var sending = _ledger.Begin(name, bytes, looksLikeAnswers);
        try
        {
            using var client = await TentacleClient.ConnectAsync(Client(seconds: 0.4), CancellationToken.None);
            await client.SendAsync(name, new MemoryStream(sending.Content), sending.Content.Length, sent: null, CancellationToken.None);
            sending.IsAccepted = true;
        }
        catch (TentacleException)
        {
            // Refused, or nobody knows: then it may arrive or not, but not twice and not torn.
        }
    }

    /// <summary>A stock server deletes what it has only begun to give; one of ours keeps it until the client has all of it.</summary>
    private async Task RemoveAsync(TentacleClient client, string name)
    {
        if (_stock)
            _ledger.MayBeTaken(name);
        await client.ProbeAsync(CancellationToken.None);
        await client.DeleteAsync(name, CancellationToken.None);
        _ledger.MayBeTaken(name);
        await client.QuitAsync(CancellationToken.None);
    }

    private async Task WithClientAsync(int file, Func<TentacleClient, string, Task> action)
    {
        if (_ledger.NameOf(file) is not { } name)
            return;
        try
        {
            using var client = await TentacleClient.ConnectAsync(Client(seconds: 0.4), CancellationToken.None);
            await action(client, name);
        }
        catch (TentacleException)
        {
            // The line broke, or there is no such file any more.
        }
    }

    /// <returns>Null if it was broken off, or another drain was under way.</returns>
    private async Task<SiteResult?> DrainAsync(int connections, int breaksOffAfter, TentacleClientOptions client)
    {
        using var breakOff = new CancellationTokenSource();
        var arrived = 0;
        var options = new SyncOptions(_incoming.Path)
        {
            Connections = connections,
            Received = _ =>
            {
                if (Interlocked.Increment(ref arrived) == breaksOffAfter)
                    breakOff.Cancel();
            },
            Verbose = text =>
            {
                if (text.Contains(": asked ahead ", StringComparison.Ordinal))
                    Interlocked.Increment(ref _askedAhead);
            },
        };
        try
        {
            return (await SyncRunner.DrainAsync([new SyncSite(client)], options, completed: null, breakOff.Token)).Single();
        }
        catch (OperationCanceledException) when (breaksOffAfter > 0)
        {
            // Broken off; the next drain goes on.
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Busy)
        {
            // Another drain of this story is under way.
        }

        return null;
    }

    private void Consume()
    {
        lock (_ledger)
        {
            foreach (var path in Directory.EnumerateFiles(_incoming.Path))
            {
                _ledger.Arrived(Path.GetFileName(path), File.ReadAllBytes(path));
                File.Delete(path);
            }
        }
    }

    private TentacleClientOptions Client(double seconds) => new(new TentacleEndpoint("127.0.0.1", _buffer.Port))
    {
        Timeout = TimeSpan.FromSeconds(seconds),
        RetryCount = 1,
        Tls = _tls,
    };
}
