using System;
using System.IO;
using System.Linq;
using System.Reflection;
using PandoraSync.Fuzz.Targets;
using Xunit;

namespace PandoraSync.Tests.Fuzzing;

/// <summary>The fuzzing of tools/fuzz in short, and everything that it has ever found.</summary>
public sealed class FuzzTargetTests
{
    private static readonly string FuzzFolder = typeof(FuzzTargetTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => string.Equals(a.Key, "FuzzFolder", StringComparison.Ordinal)).Value!;

    public static TheoryData<string> Targets => new(FuzzTarget.All.Select(t => t.Name));

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_seed_and_every_input_that_was_once_found_keeps_the_promises(string name)
    {
        var seeds = SeedFolder.Read(FuzzFolder, name);
        Assert.NotEmpty(seeds);
        foreach (var (path, content) in seeds)
            Run(name, content, path);
    }

    [Theory]
    [InlineData("framing", 5000)]
    [InlineData("replies", 5000)]
    [InlineData("zip", 5000)]
    [InlineData("pem", 1000)]
    [InlineData("configuration", 2500)]
    public void Thousands_of_damaged_inputs_keep_the_promises(string name, int count)
    {
        var mutator = new Mutator([.. SeedFolder.Read(FuzzFolder, name).Select(s => s.Content)], seed: 1);
        for (var i = 0; i < count; i++)
        {
            var input = mutator.Next();
            Run(name, input, $"mutation {i}");
        }
    }

    [Fact]
    public void Every_folder_of_inputs_belongs_to_a_target()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(FuzzFolder, "seeds")).Concat(Directory.EnumerateDirectories(Path.Combine(FuzzFolder, "found")));
        Assert.All(folders.Select(Path.GetFileName), name => Assert.NotNull(FuzzTarget.Find(name!)));
    }

    private static void Run(string name, byte[] input, string what)
    {
        try
        {
            FuzzTarget.Find(name)!.RunCut(input);
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}\ninput (base64): {Convert.ToBase64String(input)}");
        }
    }
}
