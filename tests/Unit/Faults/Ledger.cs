using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;

namespace PandoraSync.Tests.Faults;

/// <summary>What was sent and what became of it. Each sending has content of its own, so that every arrival can be told from every other.</summary>
internal sealed class Ledger
{
    // So far apart that what a delivery counts up, where a name is taken, gives no other file's name.
    private const int BetweenNames = 1000;

    private readonly Lock _gate = new();
    private readonly List<Sending> _sendings = [];
    private readonly List<(string Name, byte[] Content)> _arrived = [];
    private int _names;

    /// <summary>A name that no file has yet.</summary>
    public string NewName() => string.Create(CultureInfo.InvariantCulture, $"agent.{AgentData.FirstEpoch + ((long)Interlocked.Increment(ref _names) * BetweenNames)}.data");

    /// <summary>Notes that a file is about to be sent.</summary>
    public Sending Begin(string name, int bytes, bool looksLikeAnswers)
    {
        lock (_gate)
        {
            var head = Encoding.ASCII.GetBytes($"{_sendings.Count} ");
            var content = new byte[Math.Max(bytes, head.Length)];
            for (var i = 0; i < content.Length; i++)
                content[i] = (byte)((i * 31) + _sendings.Count);
            head.CopyTo(content, 0);
            if (looksLikeAnswers)
                content = AnswersOf(_sendings.Count, bytes);
            var sending = new Sending(name, content);
            _sendings.Add(sending);
            return sending;
        }
    }

    private static byte[] AnswersOf(int number, int bytes)
    {
        const int alignments = 14;
        var id = number.ToString("0000", CultureInfo.InvariantCulture);
        return Encoding.ASCII.GetBytes((bytes % 3) switch
        {
            0 => $"{new string('x', bytes % alignments)}RECV SIZE 4\n{id}RECV SIZE 4\n{id}",
            1 => $"{new string('9', bytes % alignments)}{id}",
            _ => $"{new string('y', bytes % alignments)}MV SIZE 4\n{id}RECV ERR (file does not exist)\n",
        });
    }

    /// <summary>The name of an earlier file; null if there is none yet.</summary>
    public string? NameOf(int file)
    {
        lock (_gate)
            return _sendings.Count == 0 ? null : _sendings[file % _sendings.Count].Name;
    }

    /// <summary>Notes that somebody may have taken what has a name now: it need not arrive any more, but may.</summary>
    public void MayBeTaken(string name)
    {
        lock (_gate)
        {
            foreach (var sending in _sendings.Where(s => string.Equals(s.Name, name, StringComparison.Ordinal)))
                sending.MayBeTaken = true;
        }
    }

    /// <summary>Notes what the incoming directory had.</summary>
    public void Arrived(string name, byte[] content)
    {
        lock (_gate)
            _arrived.Add((name, content));
    }

    /// <summary>Counts what went wrong.</summary>
    public FaultCount Settle(bool hung)
    {
        var (lost, doubled, mixedUp) = (0, 0, 0);
        var left = new List<(string Name, byte[] Content)>(_arrived);
        foreach (var sending in _sendings)
        {
            var same = left.FindAll(file => file.Content.AsSpan().SequenceEqual(sending.Content));
            left.RemoveAll(same.Contains);
            lost += sending is { IsAccepted: true, MayBeTaken: false } && same.Count == 0 ? 1 : 0;
            doubled += Math.Max(0, same.Count - 1);
            mixedUp += same.Count(file => NumberOf(file.Name) != NumberOf(sending.Name));
        }

        return new FaultCount(lost, doubled, left.Count, mixedUp, hung ? 1 : 0);
    }

    private static long NumberOf(string name) => AgentDataName.TryGetEpoch(name, out var epoch) ? epoch / BetweenNames : -1;

    internal sealed record Sending(string Name, byte[] Content)
    {
        /// <summary>The server has said that it has it.</summary>
        public bool IsAccepted { get; set; }

        /// <summary>Somebody may have taken it, on purpose.</summary>
        public bool MayBeTaken { get; set; }
    }
}

/// <summary>What went wrong in a story, or in many. Torn: something arrived that nobody has sent. Mixed up: it arrived under another file's name.</summary>
internal sealed record FaultCount(int Lost, int Doubled, int Torn, int MixedUp, int Hung)
{
    public bool IsNone => this is { Lost: 0, Doubled: 0, Torn: 0, MixedUp: 0, Hung: 0 };
}
