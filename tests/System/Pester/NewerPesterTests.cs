using System.Collections.Generic;
using System.Threading.Tasks;
using Xunit;

namespace PandoraSync.SystemTests.Pester;

/// <summary>tests/Pester under the newer of the two versions of Pester.</summary>
public sealed class NewerPesterTests
{
    private static readonly PesterSuite Suite = new(Repository.NewerPester, Repository.PesterFiles);

    public static async Task<IReadOnlyList<TheoryDataRow<string, string>>> Rows() => await Suite.RowsAsync();

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Passes(string file, string name)
    {
        if (await Suite.FailureAsync(file, name) is { } failure)
            Assert.Fail(failure);
    }
}
