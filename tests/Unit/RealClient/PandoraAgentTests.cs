using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.RealClient;

/// <summary>Debian's pandora_agent, from its modules to the incoming directory.</summary>
public sealed class PandoraAgentTests
{
    [Fact]
    public async Task What_an_agent_measures_arrives_byte_for_byte_in_the_incoming_directory()
    {
        Assert.SkipWhen(RealPrograms.PandoraAgent.WhyMissing is not null, RealPrograms.PandoraAgent.WhyMissing ?? string.Empty);
        using var ours = new OurServer();
        using var home = new TempFolder();
        var unsent = home.MakeFolder("unsent");

        // With nobody listening the agent keeps its data, so that the original can be compared with what arrives later.
        await RunAgentAsync(home, unsent, port: 1);
        var original = Assert.Single(Directory.GetFiles(unsent));
        var name = Path.GetFileName(original);
        var content = await File.ReadAllBytesAsync(original);
        AgentDataSchema.Check(content);

        // The agent names its files by the second; the next one must not replace the first.
        Assert.True(AgentDataName.TryGetEpoch(name, out var epoch));
        await Eventually.BecomesTrue(() => System.DateTimeOffset.UtcNow.ToUnixTimeSeconds() > epoch, "the next second begins");
        await RunAgentAsync(home, unsent, ours.Port);
        Assert.Empty(Directory.GetFiles(unsent));
        Assert.Equal(content, ours.Buffer.Read(name));

        using var target = new SyncTarget();
        var sent = ours.Buffer.FileNames();
        Assert.True((await target.DrainAsync(ours.Port)).Succeeded);
        Assert.Equal(content, target.Incoming.Read(name));
        Assert.Equal(sent, target.Incoming.FileNames());
        Assert.Empty(ours.Buffer.FileNames());
        Assert.Contains(sent.Select(n => Encoding.UTF8.GetString(target.Incoming.Read(n))), xml => xml.Contains("Answer", System.StringComparison.Ordinal));
    }

    private static async Task RunAgentAsync(TempFolder home, string unsent, int port)
    {
        home.Write("pandora_agent.conf", $"""
            server_ip 127.0.0.1
            server_port {port}
            server_path /nowhere
            transfer_mode tentacle
            temporal {unsent}
            logfile {home["agent.log"]}
            agent_name testagent
            interval 300
            cron_mode 1
            xml_buffer 1
            module_begin
            module_name Answer
            module_type generic_data
            module_exec echo 42
            module_end

            """);
        var result = await RealPrograms.PandoraAgent.RunAsync([home.Path]);
        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
