using System;
using System.Globalization;
using System.Linq;
using System.Text;
using BenchmarkDotNet.Attributes;
using PandoraSync.Protocol;

namespace PandoraSync.Micro;

/// <summary>What the names of a listing cost; figures are for each name.</summary>
[MemoryDiagnoser]
public class ListingBenchmarks
{
    private const int Names = 10_000;
    private readonly byte[] _listing = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Names).Select(static i => string.Create(CultureInfo.InvariantCulture, $"{i:x32}.{1_760_000_000 + i}.data\n"))));

    /// <summary>Read as the cmdlets do, to be shown.</summary>
    [Benchmark(OperationsPerInvoke = Names)]
    public int ReadListing()
    {
        var parser = new ListingParser();
        parser.Feed(new ArraySegment<byte>(_listing));
        return parser.Complete().Count;
    }
}
