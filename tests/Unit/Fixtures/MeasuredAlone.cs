using System;
using Xunit;

namespace PandoraSync.Tests.Fixtures;

/// <summary>Tests that measure memory: while one runs, no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";

    /// <summary>Bytes that live on the heap now.</summary>
    public static long HeapBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
