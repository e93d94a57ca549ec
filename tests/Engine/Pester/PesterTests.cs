using System.IO;
using System.Linq;
using Xunit;

namespace PandoraSync.Tests.Engine.Pester;

public sealed class PesterTests
{
    public static TheoryData<string> Files => new(Directory.EnumerateFiles(Repository.PesterFiles, "*.Tests.ps1").Select(p => Path.GetFileName(p)).Order(System.StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_It_of_the_file_passes(string file)
    {
        var result = StandIn.Run(Path.Combine(Repository.PesterFiles, file));
        Assert.True(result.Failed.Count == 0 && result.Passed.Count > 0, result.ToString());
    }
}
