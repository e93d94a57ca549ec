using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>A Describe, a Context, or a file as a whole.</summary>
public sealed class PesterBlock(string name, PesterBlock? parent, bool hasCase = false, object? item = null) : PesterItem(name, parent, hasCase, item)
{
    private readonly Dictionary<string, ScriptBlock> steps = new(System.StringComparer.OrdinalIgnoreCase);
    private readonly List<string> errors = [];
    private HashSet<string> filesBefore = [];

    public List<PesterItem> Children { get; } = [];

    /// <summary>What went wrong outside of tests.</summary>
    public IEnumerable<string> Errors => errors.Select(error => $"{Name}: {error}").Concat(Children.OfType<PesterBlock>().SelectMany(block => block.Errors));

    public IEnumerable<PesterTest> Tests => Children.SelectMany(child => child is PesterBlock block ? block.Tests : [(PesterTest)child]);

    public ScriptBlock? BeforeAll => steps.GetValueOrDefault("BeforeAll");

    public ScriptBlock? AfterAll => steps.GetValueOrDefault("AfterAll");

    /// <summary>From the outermost block to this one.</summary>
    public IEnumerable<ScriptBlock> BeforeEach => Step("BeforeEach", Parent?.BeforeEach);

    /// <summary>From the outermost block to this one.</summary>
    public IEnumerable<ScriptBlock> AfterEach => Step("AfterEach", Parent?.AfterEach);

    public void Add(string keyword, ScriptBlock step)
    {
        if (!steps.TryAdd(keyword, step))
            throw new PesterException($"'{Name}' has a second {keyword}.");
    }

    public void Fail(object error) => errors.Add(PesterTest.Describe(error));

    public void NoteFiles(string folder) => filesBefore = [.. Directory.EnumerateFileSystemEntries(folder)];

    /// <summary>What a block left in $TestDrive goes when the block ends.</summary>
    public void RemoveNewFiles(string folder)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).Where(path => !filesBefore.Contains(path)).ToList())
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }
    }

    private IEnumerable<ScriptBlock> Step(string keyword, IEnumerable<ScriptBlock>? outer) =>
        (outer ?? []).Concat(steps.TryGetValue(keyword, out var step) ? [step] : []);
}
