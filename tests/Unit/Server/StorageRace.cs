using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Server;

namespace PandoraSync.Tests.Server;

/// <summary>Senders and takers of one name at the storage itself, without a line between them: a thousand times more often at the same moment.</summary>
internal sealed class StorageRace(BufferStorage storage, bool overwrite)
{
    private const string Name = "one.1.data";
    private readonly ConcurrentDictionary<string, bool> _confirmed = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> _taken = [];

    public int Stored => _confirmed.Count;

    public int Taken => _taken.Count;

    public async Task RunAsync(int senders, int takers, TimeSpan length)
    {
        using var end = new CancellationTokenSource(length);
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(() => SendAsync(end.Token))).Concat(Enumerable.Range(0, takers).Select(_ => Run(() => Take(end.Token)))));
        TakeOne();
    }

    /// <summary>What is not as it must be: without overwriting what was stored and not taken, always what was taken and never stored or twice.</summary>
    public IEnumerable<string> Lost()
    {
        var taken = _taken.GroupBy(t => t, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        return taken.Where(t => t.Value > 1 || !_confirmed.ContainsKey(t.Key)).Select(t => $"taken {t.Value} times: {t.Key}")
            .Concat(overwrite ? [] : _confirmed.Keys.Where(c => !taken.ContainsKey(c)).Select(c => $"lost: {c}"));
    }

    private static Task Run(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task SendAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var content = RandomNumberGenerator.GetBytes(16);
            using var file = storage.Create(Name, content.Length);
            file.Content.Write(content, 0, content.Length);
            if (await storage.StoreAsync(file) is null)
                _confirmed[Convert.ToHexString(content)] = true;
        }
    }

    private void Take(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
            TakeOne();
    }

    private void TakeOne()
    {
        if (!storage.TryClaim(Name))
            return;
        try
        {
            using var file = storage.Open(Name);
            if (file is null)
                return;
            var content = new byte[file.Length];
            file.ReadExactly(content);
            if (storage.Delete(BufferStorage.BeginMove(Name, file)))
                _taken.Add(Convert.ToHexString(content));
        }
        finally
        {
            storage.Release(Name);
        }
    }
}
