using System;
using System.Collections.Generic;
using System.Linq;

namespace PandoraSync.Fuzz.Targets;

/// <summary>A part of the library that takes foreign bytes, with the promises that it must keep for any of them.</summary>
/// <param name="Name">Its name: of its folder of seeds, and for the command line.</param>
/// <param name="MostBytes">Longer inputs are cut: they find nothing that shorter ones do not, and are slow.</param>
/// <param name="Run">Throws when a promise is broken, and nothing otherwise.</param>
internal sealed record FuzzTarget(string Name, int MostBytes, Action<byte[]> Run)
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("framing", 4096, FramingTarget.Run),
        new("replies", 4096, RepliesTarget.Run),
        new("zip", 8192, ZipTarget.Run),
        new("pem", 8192, PemTarget.Run),
        new("configuration", 4096, ConfigurationTarget.Run),
    ];

    public static FuzzTarget? Find(string name) => All.FirstOrDefault(t => string.Equals(t.Name, name, StringComparison.Ordinal));

    /// <summary>Runs one input, cut to what the target takes.</summary>
    public void RunCut(byte[] input) => Run(input.Length <= MostBytes ? input : input.Take(MostBytes).ToArray());
}
