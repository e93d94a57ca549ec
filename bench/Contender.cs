using System;
using System.Threading.Tasks;

namespace PandoraSync.Bench;

/// <summary>One way to do a piece of work.</summary>
/// <param name="Name">What is measured, with the peer.</param>
/// <param name="RunAsync">Does it once, checks that all of it was done, and gives the units done a second with what else was measured.</param>
internal sealed record Contender(string Name, Func<Task<Outcome>> RunAsync)
{
    /// <summary>Makes a contender that measures its rate alone.</summary>
    public Contender(string name, Func<Task<double>> run)
        : this(name, async () => new Outcome(await run(), []))
    {
    }

    /// <summary>One line that says which package has a program that this contender needs; null if it can run.</summary>
    public string? WhyMissing { get; init; }
}
