using System;
using System.Collections.Generic;
using System.Linq;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Sessions;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Cmdlets.Base;

/// <summary>The sessions of this process that New-TentacleSession made, by number.</summary>
internal static class SessionRegistry
{
    private static readonly object Gate = new();
    private static readonly SortedDictionary<int, RegisteredSession> Sessions = [];
    private static int _lastId;

    public static RegisteredSession Add(TentacleClientOptions options, string? name)
    {
        lock (Gate)
        {
            if (!string.IsNullOrEmpty(name))
                RequireFree(name!);
            var id = ++_lastId;
            return Sessions[id] = new RegisteredSession(new TentacleSession(options, id, string.IsNullOrEmpty(name) ? $"Session{id}" : name));
        }
    }

    public static IReadOnlyList<RegisteredSession> All
    {
        get
        {
            lock (Gate)
                return Sessions.Values.ToArray();
        }
    }

    public static void Remove(RegisteredSession session)
    {
        lock (Gate)
            Sessions.Remove(session.Id);
        session.Inner.Dispose();
    }

    /// <summary>Two sessions of one name could not be told apart.</summary>
    public static void RequireFree(string name)
    {
        if (Find(name) is not null)
            throw new TentacleException(TentacleErrorKind.Configuration, $"There is a session '{name}' already: choose another name, or end that one with Remove-TentacleSession.");
    }

    public static RegisteredSession? Find(string nameOrId) => All.FirstOrDefault(s =>
        string.Equals(s.Name, nameOrId, StringComparison.OrdinalIgnoreCase)
        || string.Equals(s.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), nameOrId, StringComparison.Ordinal));
}
