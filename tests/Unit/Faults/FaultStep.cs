using System.Collections.Generic;
using System.Linq;
using PandoraSync.TestSupport;

namespace PandoraSync.Tests.Faults;

/// <summary>One thing that happens in a <see cref="FaultStory"/>.</summary>
internal abstract record FaultStep
{
    /// <summary>An agent sends a new file, once; its content may look like a server's answers.</summary>
    public sealed record Send(int Bytes, bool LooksLikeAnswers) : FaultStep;

    /// <summary>An agent sends other content under the name of an earlier file.</summary>
    public sealed record SendAgain(int File, int Bytes, bool LooksLikeAnswers) : FaultStep;

    /// <summary>Many files are in the buffer that came over good lines, so that a server can be asked far ahead; every other looks like answers.</summary>
    public sealed record Fill(int Files, int Bytes) : FaultStep;

    /// <summary>A client takes a copy.</summary>
    public sealed record Copy(int File) : FaultStep;

    /// <summary>A client takes a file away, on purpose.</summary>
    public sealed record Remove(int File) : FaultStep;

    /// <summary>A client lists the buffer.</summary>
    public sealed record List : FaultStep;

    /// <summary>The main server drains the buffer; after so many files it breaks off in the middle (0: not at all).</summary>
    public sealed record Drain(int Connections, int BreaksOffAfter) : FaultStep;

    /// <summary>The data server reads the incoming directory and deletes what it has read.</summary>
    public sealed record Consume : FaultStep;

    /// <summary>The buffer's server ends without a word and is started again.</summary>
    public sealed record Crash : FaultStep;

    /// <summary>Steps at the same time.</summary>
    public sealed record Together(FaultStep[] Steps) : FaultStep
    {
        /// <inheritdoc/>
        public override string ToString() => $"Together({string.Join(", ", (IEnumerable<FaultStep>)Steps)})";
    }
}

/// <summary>What a line does to a connection.</summary>
internal sealed record FaultyLine(FaultPlan ToServer, FaultPlan ToClient);

/// <summary>How a client reaches the buffer.</summary>
internal enum FaultyWay
{
    /// <summary>Without TLS.</summary>
    Plain,

    /// <summary>Under TLS from end to end.</summary>
    Tls,

    /// <summary>Under TLS up to a relay, which goes on without it over the lines that break.</summary>
    TlsRelay,
}

/// <summary>A sequence of steps over lines that break. The lines are used in turn, for one connection each.</summary>
internal sealed record FaultStory(FaultyWay Way, FaultyLine[] Lines, FaultStep[] Steps)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Way}\n{string.Join('\n', Lines.Select(l => $"  {l}"))}\n{string.Join('\n', Steps.Select(s => $"  {s}"))}";
}
