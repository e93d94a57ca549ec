using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using PandoraSync.Sync;
using Xunit;

namespace PandoraSync.Tests;

/// <summary>The arrows between Core's rooms (CONTRIBUTING.md).</summary>
public class ArchitectureTests
{
    private const string Root = "PandoraSync.";

    // From top to bottom. A room leans on those of the lines below it only.
    private static readonly string[][] Rooms = [["Configuration"], ["Services"], ["Sync", "Server"], ["Client"], ["Transport"], ["Certificates"], ["Files"], ["Protocol"], ["Native", "Compat"]];

    private static readonly Architecture Core = new ArchLoader().LoadAssembly(typeof(SyncRunner).Assembly).Build();

    [Fact]
    public void No_room_of_Core_leans_on_a_room_above_or_beside_it()
    {
        var wrong = Arrows().Where(a => !string.Equals(a.From, a.To, StringComparison.Ordinal) && LineOf(a.From) >= LineOf(a.To)).Select(a => $"{a.File} leans on {a.Target}: {a.From} -> {a.To}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();

        Assert.True(wrong.Length == 0, string.Join(Environment.NewLine, wrong));
    }

    [Fact]
    public void Every_type_of_Core_is_in_a_room_that_the_arrows_know()
    {
        var homeless = OwnTypes().Where(t => RoomOf(t) is not { } room || LineOf(room) < 0).Select(t => t.FullName);

        Assert.Empty(homeless);
    }

    [Fact]
    public void Protocol_never_sees_a_stream()
    {
        var streams = OwnTypes().Where(t => string.Equals(RoomOf(t), "Protocol", StringComparison.Ordinal)).SelectMany(t => t.Dependencies.Select(d => (FileOf(t), d.Target.FullName))).Where(d => d.FullName.StartsWith("System.IO.", StringComparison.Ordinal) || d.FullName.StartsWith("System.Net.Sockets.", StringComparison.Ordinal));

        Assert.Empty(streams);
    }

    private static IEnumerable<(string File, string From, string Target, string To)> Arrows() =>
        from type in OwnTypes()
        from target in type.Dependencies.Select(d => d.Target)
        where RoomOf(type) is not null && RoomOf(target) is not null
        select (FileOf(type), RoomOf(type)!, target.Name, RoomOf(target)!);

    private static IEnumerable<IType> OwnTypes() => Core.Types.Where(t => t.FullName.StartsWith(Root, StringComparison.Ordinal));

    private static string? RoomOf(IType type)
    {
        var space = type.Namespace?.FullName ?? string.Empty;
        return space.StartsWith(Root, StringComparison.Ordinal) ? space.Substring(Root.Length).Split('.')[0] : null;
    }

    private static int LineOf(string room) => Array.FindIndex(Rooms, line => line.Contains(room, StringComparer.Ordinal));

    private static string FileOf(IType type)
    {
        var outer = type.FullName.Substring(type.Namespace.FullName.Length + 1).Split('+', '/', '`')[0];
        return Path.Combine("src", "PandoraSync.Core", type.Namespace.FullName.Substring(Root.Length).Replace('.', '/'), $"{outer}.cs");
    }
}
