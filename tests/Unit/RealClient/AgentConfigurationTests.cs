using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.RemoteConfiguration;
using PandoraSync.TestSupport;
using PandoraSync.Tests.RemoteConfiguration;
using Xunit;
using static PandoraSync.Tests.RemoteConfiguration.ConfigurationWorld;

namespace PandoraSync.Tests.RealClient;

/// <summary>Debian's pandora_agent with remote configuration on, at two sites; the console's part is played by writing its two files.</summary>
public sealed class AgentConfigurationTests
{
    [Fact]
    public async Task Agents_of_two_sites_are_configured_from_the_main_side()
    {
        Assert.SkipWhen(RealPrograms.PandoraAgent.WhyMissing is not null, RealPrograms.PandoraAgent.WhyMissing ?? string.Empty);
        using var north = new ConfigurationWorld(SiteKind.Ours);
        using var south = new ConfigurationWorld(SiteKind.Stock, main: north.Main);
        using var northAgent = new RealAgent("north agent", north.Port);
        using var brokerAgent = new RealAgent("north machine", north.Port, "broker_agent north broker\n");
        using var southAgent = new RealAgent("south agent", south.Port);

        // First run: the agents upload what they have.
        await northAgent.RunAsync();
        await brokerAgent.RunAsync();
        await southAgent.RunAsync();
        await RunAsync(north, south);
        foreach (var (world, agent) in new[] { (north, "north agent"), (north, "north machine"), (north, "north broker"), (south, "south agent") })
        {
            Assert.Contains($"agent_name {agent}", Read(world.Main, agent), System.StringComparison.Ordinal);
            world.BothHave(agent, Read(world.Main, agent)!);
        }

        // Edited as the console does it, with a collection.
        foreach (var agent in new[] { "north agent", "south agent" })
            ConfigurationWorld.Save(north.Main, agent, Read(north.Main, agent) + "file_collection fc_1\nmodule_begin\nmodule_name Edited\nmodule_type generic_data\nmodule_exec echo 43\nmodule_end\n");
        SaveCollection(north.Main, "fc_1", Zip("hello.sh", "echo hello"));
        await RunAsync(north, south);
        foreach (var (world, agent) in new[] { (north, northAgent), (south, southAgent) })
        {
            await agent.RunAsync();
            Assert.Equal(Read(world.Main, agent.Name), agent.Configuration);
            Assert.Contains("Edited", agent.LastData(world), System.StringComparison.Ordinal);

            // It has read that it uses a collection; the next run fetches it.
            await agent.RunAsync();
            Assert.Equal("echo hello", agent.Unpacked("fc_1/hello.sh"));
        }

        // Nothing is new then, and what the agents do at their next run leaves all as it is.
        Assert.Empty(await north.RunAsync());
        Assert.Empty(await south.RunAsync());
    }

    private static async Task RunAsync(ConfigurationWorld north, ConfigurationWorld south)
    {
        var results = await RemoteConfigurationRunner.RunAsync([north.SyncSite, south.SyncSite], north.Options, CancellationToken.None);
        Assert.All(results, r => Assert.Null(r.Error));
    }

    private static byte[] Zip(string name, string content)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create))
        using (var writer = new StreamWriter(archive.CreateEntry(name).Open()))
            writer.Write(content);
        return bytes.ToArray();
    }

    /// <summary>An agent with a folder of its own.</summary>
    private sealed class RealAgent : System.IDisposable
    {
        private readonly TempFolder _home = new();

        public RealAgent(string name, int port, string more = "")
        {
            Name = name;
            _home.MakeFolder("collections");
            _home.Write("pandora_agent.conf", $"""
                server_ip 127.0.0.1
                server_port {port}
                server_path /nowhere
                transfer_mode tentacle
                temporal {_home.MakeFolder("unsent")}
                logfile {_home["agent.log"]}
                agent_name {name}
                interval 300
                cron_mode 1
                xml_buffer 0
                remote_config 1
                {more}module_begin
                module_name Answer
                module_type generic_data
                module_exec echo 42
                module_end

                """);
        }

        public string Name { get; }

        public string Configuration => Encoding.UTF8.GetString(_home.Read("pandora_agent.conf"));

        public string Unpacked(string name) => Encoding.UTF8.GetString(_home.Read($"collections/{name}"));

        /// <summary>The XML that it sent last.</summary>
        public string LastData(ConfigurationWorld world) =>
            File.ReadAllText(world.Site.FileNames().Select(n => world.Site[n]).Where(p => File.ReadAllText(p).Contains($"agent_name='{Name}'", System.StringComparison.Ordinal)).OrderBy(File.GetLastWriteTimeUtc).Last());

        public async Task RunAsync()
        {
            var result = await RealPrograms.PandoraAgent.RunAsync([_home.Path]);
            Assert.True(result.ExitCode == 0, result.ToString());
        }

        public void Dispose() => _home.Dispose();
    }
}
