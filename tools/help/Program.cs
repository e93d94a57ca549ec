using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace PandoraSync.Help;

/// <summary>Makes the file that Get-Help reads from the pages, and keeps the pages in step with the cmdlets.</summary>
internal static class Program
{
    private const string Usage = """
        help PAGES OUTPUT.xml            writes the help of the pages in a folder as MAML
        help --update PAGES COMMANDS.json  writes the pages anew: words from the pages, the rest from the cmdlets
        help --check PAGES COMMANDS.json   says where that would change a page, and ends with 1 if it would
        COMMANDS.json is what tools/help/Read-Commands.ps1 writes; tools/help/Update-Help.ps1 does both.
        """;

    private static int Main(string[] arguments)
    {
        try
        {
            return arguments switch
            {
                ["--update", var pages, var commands] => Update(pages, commands),
                ["--check", var pages, var commands] => Check(pages, commands),
                [var pages, var output] => Make(pages, output),
                _ => Fail(Usage),
            };
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            return Fail($"error : {e.Message}");
        }
    }

    private static int Make(string folder, string output)
    {
        var pages = Read(folder).Where(p => p.IsCmdlet).ToArray();
        var whole = output + ".new";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        MamlWriter.Write(pages, whole);
        File.Move(whole, output, overwrite: true);
        return 0;
    }

    private static int Update(string folder, string commands)
    {
        // Synopses of the module's page come from the pages, so these are first.
        foreach (var (path, text) in Wanted(folder, commands))
            File.WriteAllText(path, text);
        return 0;
    }

    private static int Check(string folder, string commands)
    {
        var differences = new List<string>();
        foreach (var (path, text) in Wanted(folder, commands))
            differences.AddRange(PageDifference.Find(path, text));
        var names = CommandData.Read(commands).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        differences.AddRange(Read(folder).Where(p => p.IsCmdlet && !names.Contains(p.Name)).Select(p => $"{p.Name}: there is no such cmdlet"));
        foreach (var difference in differences)
            Console.WriteLine(difference);
        return differences.Count == 0 ? 0 : 1;
    }

    private static IEnumerable<(string Path, string Text)> Wanted(string folder, string commands)
    {
        var pages = Read(folder).ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (var command in CommandData.Read(commands))
        {
            yield return pages.TryGetValue(command.Name, out var page)
                ? (page.Path, PageUpdater.Update(page, command))
                : throw new FormatException($"{command.Name} has no page: begin one with a front matter, a heading and a synopsis.");
        }

        foreach (var module in pages.Values.Where(p => !p.IsCmdlet))
            yield return (module.Path, PageUpdater.UpdateModule(module, pages.Values.Where(p => p.IsCmdlet).OrderBy(p => p.Name, StringComparer.Ordinal)));
    }

    private static IEnumerable<HelpPage> Read(string folder) => Directory.GetFiles(folder, "*.md").Order(StringComparer.Ordinal).Select(p => new HelpPage(p));

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 2;
    }
}
