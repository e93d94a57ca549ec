using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Server.Storage;

namespace PandoraSync.Tests.Server;

/// <summary>
/// One file is taken away in the very moment in which others of its name are stored, again and again, at the storage itself: a thousand
/// times more often than over lines.
/// </summary>
internal sealed class StorageRace(BufferStorage storage, string folder)
{
    private const string Name = "one.1.data";
    private const int Senders = 3;

    /// <summary>Rounds played.</summary>
    public int Rounds { get; private set; }

    /// <summary>What was stored and confirmed, was not taken, and is not there.</summary>
    public List<string> Lost { get; } = [];

    /// <summary>Plays for so long, or until something is lost.</summary>
    public async Task RunAsync(TimeSpan length)
    {
        var clock = Stopwatch.StartNew();
        for (; clock.Elapsed < length && Lost.Count == 0; Rounds++)
        {
            using var first = Prepare("first");
            if (await storage.StoreAsync(first) is { } reason)
                throw new InvalidOperationException($"The first file of round {Rounds} was refused: {reason}.");
            await PlayAsync();
            Take();
        }
    }

    private async Task PlayAsync()
    {
        var files = Enumerable.Range(0, Senders).Select(i => Prepare(string.Create(CultureInfo.InvariantCulture, $"{Rounds}, sender {i}"))).ToArray();
        using var start = new Barrier(Senders + 1);
        var taking = Run(() =>
        {
            start.SignalAndWait();
            return Take();
        });
        var storing = files.Select(f => Run(() =>
        {
            start.SignalAndWait();
            return storage.StoreAsync(f).GetAwaiter().GetResult() is null;
        })).ToArray();
        var taken = await taking;
        var stored = await Task.WhenAll(storing);
        var there = File.Exists(Path.Combine(folder, Name)) ? await File.ReadAllTextAsync(Path.Combine(folder, Name)) : null;
        for (var i = 0; i < Senders; i++)
        {
            var content = string.Create(CultureInfo.InvariantCulture, $"{Rounds}, sender {i}");
            if (stored[i] && !string.Equals(content, taken, StringComparison.Ordinal) && !string.Equals(content, there, StringComparison.Ordinal))
                Lost.Add(content);
            files[i].Dispose();
        }
    }

    private static Task<T> Run<T>(Func<T> action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private IncomingFile Prepare(string content)
    {
        var bytes = Encoding.ASCII.GetBytes(content);
        var file = storage.Create(Name, bytes.Length, IPAddress.Loopback);
        file.Content.Write(bytes, 0, bytes.Length);
        return file;
    }

    private string? Take()
    {
        if (!storage.TryClaim(Name))
            return null;
        try
        {
            using var file = storage.Open(Name);
            if (file is null)
                return null;
            using var reader = new StreamReader(file);
            var content = reader.ReadToEnd();
            return storage.Delete(BufferStorage.BeginMove(Name, file)) ? content : null;
        }
        finally
        {
            storage.Release(Name);
        }
    }
}
