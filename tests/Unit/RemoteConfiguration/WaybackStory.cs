using System.Linq;
using CsCheck;
using PandoraSync.Tests.Faults;

namespace PandoraSync.Tests.RemoteConfiguration;

/// <summary>One thing that happens in a <see cref="WaybackStory"/>.</summary>
internal abstract record WaybackStep
{
    /// <summary>An agent uploads a new version, as after its digest was deleted at the site.</summary>
    public sealed record Upload(int Agent) : WaybackStep;

    /// <summary>The console saves a new version.</summary>
    public sealed record Save(int Agent) : WaybackStep;

    /// <summary>Somebody deletes the configuration on one side.</summary>
    public sealed record Delete(int Agent, bool IsMain) : WaybackStep;

    /// <summary>The console gives an agent something to run.</summary>
    public sealed record Order(int Agent) : WaybackStep;

    /// <summary>The agents run what they find, and take it away.</summary>
    public sealed record Obey : WaybackStep;

    /// <summary>A run over lines that break; stopped after so many milliseconds (0: not at all).</summary>
    public sealed record Run(bool RemoveDeleted, int StoppedAfter) : WaybackStep;
}

/// <summary>A sequence of steps over lines that break. The lines are used in turn, for one connection each.</summary>
internal sealed record WaybackStory(FaultyLine[] Lines, WaybackStep[] Steps)
{
    private static readonly Gen<int> Agent = Gen.Int[0, 3];

    private static readonly Gen<WaybackStep> Step = Gen.Frequency<WaybackStep>(
        (4, Agent.Select(a => (WaybackStep)new WaybackStep.Upload(a))),
        (4, Agent.Select(a => (WaybackStep)new WaybackStep.Save(a))),
        (1, Gen.Select(Agent, Gen.Bool, (a, main) => (WaybackStep)new WaybackStep.Delete(a, main))),
        (2, Agent.Select(a => (WaybackStep)new WaybackStep.Order(a))),
        (1, Gen.Const((WaybackStep)new WaybackStep.Obey())),
        (8, Gen.Select(Gen.Bool, Gen.Int[-40, 40], (remove, stop) => (WaybackStep)new WaybackStep.Run(remove, System.Math.Max(0, stop)))));

    /// <summary>Random stories; the same seed makes the same one.</summary>
    public static Gen<WaybackStory> Any { get; } = Gen.Select(FaultStories.Line.Array[1, 6], Step.Array[3, 20], (lines, steps) => new WaybackStory(lines, steps));

    /// <inheritdoc/>
    public override string ToString() => $"{string.Join('\n', Lines.Select(l => $"  {l}"))}\n{string.Join('\n', Steps.Select(s => $"  {s}"))}";
}
