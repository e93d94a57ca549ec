using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Tests.Server;

/// <summary>Clients that send and take files of one name as fast as they can, each file with content of its own.</summary>
internal sealed class OneNameRace(int port, TimeSpan length) : IDisposable
{
    private const string Name = "one.1.data";
    private readonly CancellationTokenSource _end = new();

    /// <summary>Contents that the server has confirmed.</summary>
    public ConcurrentBag<string> Confirmed { get; } = [];

    /// <summary>Contents that somebody has taken away.</summary>
    public ConcurrentBag<string> Taken { get; } = [];

    public async Task RunAsync(int senders, int takers)
    {
        _end.CancelAfter(length);
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Run(Send)).Concat(Enumerable.Range(0, takers).Select(i => Run(i % 2 == 0 ? Move : CopyAndDelete))));
    }

    public void Dispose() => _end.Dispose();

    private static Task Run(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Send()
    {
        using var client = new PlainClient(port);
        while (!_end.IsCancellationRequested)
        {
            var content = RandomNumberGenerator.GetBytes(16);
            if (client.Send(Name, content) is "SEND OK")
                Confirmed.Add(Convert.ToHexString(content));
        }
    }

    private void Move()
    {
        using var client = new PlainClient(port);
        while (!_end.IsCancellationRequested)
        {
            if (client.Mv(Name) is not { } content)
                continue;

            // The next command is what confirms it.
            client.Ask("RECV <no such file>");
            Taken.Add(Convert.ToHexString(content));
        }
    }

    private void CopyAndDelete()
    {
        using var client = new PlainClient(port);
        while (!_end.IsCancellationRequested)
        {
            if (client.Recv(Name) is { } content && client.Ask($"DEL <{Name}> SHA256 {Convert.ToHexStringLower(SHA256.HashData(content))}") is "DEL OK")
                Taken.Add(Convert.ToHexString(content));
        }
    }
}
