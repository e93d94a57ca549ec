using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PandoraSync.Protocol;

namespace PandoraSync.RemoteConfiguration;

/// <summary>What an agent's configuration says that matters here. It is read as bytes, so that any encoding passes; nothing of it is changed.</summary>
internal sealed class AgentConfiguration
{
    // What a hostile one names beyond that is of no use to any agent.
    private const int MostUses = 64;

    private AgentConfiguration(string? name, IReadOnlyList<string> collections, IReadOnlyList<string> commands) =>
        (Name, Collections, Commands) = (name, collections, commands);

    /// <summary>The agent's name (<c>agent_name</c>) if the file is called by it; null otherwise.</summary>
    public string? Name { get; }

    /// <summary>The collections that it uses (<c>file_collection</c>).</summary>
    public IReadOnlyList<string> Collections { get; }

    /// <summary>The commands that it waits for (<c>cmd_file</c>).</summary>
    public IReadOnlyList<string> Commands { get; }

    /// <summary>Reads a configuration.</summary>
    /// <param name="file">What the agent's files are called.</param>
    /// <param name="content">The content.</param>
    public static AgentConfiguration Read(string file, byte[] content)
    {
        string? name = null;
        var (collections, commands) = (new List<string>(), new List<string>());

        // UTF-8 that is none becomes replacement characters, which no name has.
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            var parts = line.Trim().Split([' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 2)
                continue;
            var value = parts[1].Trim();
            switch (parts[0])
            {
                case "agent_name" when name is null:
                    name = string.Equals(ConfigurationNames.DigestOf(TentacleText.Encode(value)), file, StringComparison.Ordinal) ? TentacleText.Show(value) : null;
                    break;
                case "file_collection" when ConfigurationNames.IsPlain(value):
                    collections.Add(value);
                    break;
                case "cmd_file" when ConfigurationNames.IsPlain(value):
                    commands.Add(value);
                    break;
                default:
                    break;
            }
        }

        return new AgentConfiguration(name, Distinct(collections), Distinct(commands));
    }

    private static string[] Distinct(IEnumerable<string> names) => names.Distinct(StringComparer.Ordinal).Take(MostUses).ToArray();
}
