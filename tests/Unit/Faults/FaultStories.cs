using System;
using CsCheck;
using PandoraSync.TestSupport;

namespace PandoraSync.Tests.Faults;

/// <summary>Makes random stories; the same seed makes the same one.</summary>
internal static class FaultStories
{
    private static readonly Gen<int> Bytes = Gen.Frequency((3, Gen.Int[1, 300]), (3, Gen.Int[1000, 1100]), (3, Gen.Int[2000, 9000]), (1, Gen.Int[20_000, 90_000]));
    private static readonly Gen<long> Offset = Gen.Frequency((3, Gen.Long[0, 60]), (3, Gen.Long[0, 500]), (2, Gen.Long[0, 5000]), (1, Gen.Long[0, 60_000]));
    private static readonly Gen<int> File = Gen.Int[0, 8];

    private static readonly Gen<FaultPlan> Plan = Gen.Frequency(
        (8, Gen.Const(new FaultPlan())),
        (6, Gen.Select(Offset, Gen.Bool, (at, reset) => new FaultPlan { CutAt = at, CutByReset = reset })),
        (1, Offset.Select(at => new FaultPlan { StallAt = at })),
        (1, Gen.Int[1, 8].Select(ms => new FaultPlan { Delay = TimeSpan.FromMilliseconds(ms) })),
        (1, Gen.Int[1, 200].Select(n => new FaultPlan { SplitBytes = n })),
        (1, Gen.Int[2, 3000].Select(n => new FaultPlan { MergeBytes = n })),
        (1, Gen.Select(Offset, Gen.Int[1, 200], (at, n) => new FaultPlan { CutAt = at, SplitBytes = n })));

    private static readonly Gen<FaultPlan> JoiningFor = Gen.Int[1, 8].Select(ms => new FaultPlan { JoinFor = TimeSpan.FromMilliseconds(ms) });

    private static readonly Gen<FaultPlan> PlanThatJoins = Gen.Frequency(
        (6, Plan),
        (2, JoiningFor),
        (4, Gen.Frequency((1, Gen.Int[2, 40]), (1, Gen.Int[2, 120])).Select(n => new FaultPlan { JoinLinesAt = n })));

    // So long that a stock server is asked ahead without TLS too.
    private static readonly Gen<FaultPlan> PlanOfLongLine = Gen.Select(PlanThatJoins, Gen.Int[3, 6], (plan, ms) => plan with { Delay = TimeSpan.FromMilliseconds(ms) });

    private static readonly Gen<FaultPlan> PlanUnderTls = Gen.Frequency(
        (8, Plan),
        (1, JoiningFor),
        (2, Offset.Select(at => new FaultPlan { CorruptAt = at })));

    private static readonly Gen<FaultStep> SendAgain = Gen.Select(File, Bytes, Gen.Bool, (f, n, answers) => (FaultStep)new FaultStep.SendAgain(f, n, answers));

    private static readonly Gen<FaultStep> AllButSendAgain = Gen.Frequency<FaultStep>(
        (8, Gen.Select(Bytes, Gen.Int[0, 2], (n, kind) => (FaultStep)new FaultStep.Send(n, kind == 0))),
        (1, Gen.Select(Gen.Int[2, 40], Gen.Int[1, 300], (files, n) => (FaultStep)new FaultStep.Fill(files, n))),
        (1, File.Select(f => (FaultStep)new FaultStep.Copy(f))),
        (1, File.Select(f => (FaultStep)new FaultStep.Remove(f))),
        (1, Gen.Const((FaultStep)new FaultStep.List())),
        (4, Gen.Select(Gen.Int[1, 3], Gen.Int[0, 4], (n, after) => (FaultStep)new FaultStep.Drain(n, after))),
        (1, Gen.Const((FaultStep)new FaultStep.Consume())),
        (1, Gen.Const((FaultStep)new FaultStep.Crash())));

    private static readonly Gen<FaultStep> Any = Gen.Frequency<FaultStep>((9, AllButSendAgain), (1, SendAgain));

    /// <summary>What a line does that turns no bytes.</summary>
    public static Gen<FaultyLine> Line { get; } = Gen.Select(Plan, Plan, (toServer, toClient) => new FaultyLine(toServer, toClient));

    /// <summary>Stories for a server of ours: one in eight under TLS, where what passes is also corrupted.</summary>
    public static Gen<FaultStory> ForOurs { get; } =
        Gen.Frequency((7, Gen.Const(value: false)), (1, Gen.Const(value: true))).SelectMany(tls => Of(Gen.Const(tls ? FaultyWay.Tls : FaultyWay.Plain), tls ? PlanUnderTls : Plan, tls ? PlanUnderTls : Plan, together: Any));

    /// <summary>
    /// Stories for a stock server, which is asked ahead over TLS and over long lines. What passes is corrupted only under TLS: without it nothing in the protocol shows a
    /// byte that was turned. No file is sent twice at once: stock says OK to both and keeps the last.
    /// </summary>
    public static Gen<FaultStory> ForStock { get; } = Gen.Frequency(
        (1, Of(Gen.Const(FaultyWay.Plain), Plan, Plan, together: AllButSendAgain)),
        (2, Of(Gen.Const(FaultyWay.Plain), PlanOfLongLine, Plan, together: AllButSendAgain)),
        (1, Of(Gen.Const(FaultyWay.Tls), PlanUnderTls, PlanUnderTls, together: AllButSendAgain)),
        (2, Of(Gen.Const(FaultyWay.TlsRelay), PlanThatJoins, Plan, together: AllButSendAgain)));

    private static Gen<FaultStory> Of(Gen<FaultyWay> way, Gen<FaultPlan> up, Gen<FaultPlan> down, Gen<FaultStep> together) => Gen.Select(
        way,
        Gen.Select(up, down, (toServer, toClient) => new FaultyLine(toServer, toClient)).Array[1, 6],
        Gen.Frequency<FaultStep>((4, Any), (1, together.Array[2, 3].Select(steps => (FaultStep)new FaultStep.Together(steps)))).Array[1, 12],
        (reached, lines, steps) => new FaultStory(reached, lines, steps));
}
