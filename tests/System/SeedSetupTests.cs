using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>The set-up that people have: certificates made by hand, servers started with an init script's options, and a pandora_server.conf on the main side.</summary>
public sealed class SeedSetupTests
{
    [Fact]
    public async Task Both_sites_of_a_pandora_server_conf_are_drained_over_mutual_tls()
    {
        Assert.SkipWhen(RealPrograms.OpenSsl.WhyMissing is not null, RealPrograms.OpenSsl.WhyMissing ?? string.Empty);
        using var folder = new TempFolder();
        await OpenSslAsync("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/C=ES/O=Some Firm/CN=whatever", "-keyout", folder["ca.key"], "-out", folder["cacert.pem"]);
        await CertificateAsync(folder, "site");
        await CertificateAsync(folder, "main");
        var (one, two, incoming) = (folder.MakeFolder("one"), folder.MakeFolder("two"), folder.MakeFolder("incoming"));
        var files = AgentData.MakeMany(40);
        foreach (var file in files)
            await File.WriteAllBytesAsync(Path.Combine(file.Epoch % 2 == 0 ? one : two, file.Name), file.Content);
        var script = folder.Write("seed.ps1", $$"""
            $ErrorActionPreference = 'Stop'
            function Start-Site($Folder) {
                # A free port is asked of the system: the file's syntax has no way to say "any".
                $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0); $listener.Start(); $port = $listener.LocalEndpoint.Port; $listener.Stop()
                Start-TentacleServer -Options "-a 127.0.0.1 -p $port -s $Folder -i.*\.conf:conf;.*\.md5:md5;.*\.zip:collections -I -o -e {{folder["site.pem"]}} -k {{folder["site.key"]}} -f {{folder["cacert.pem"]}}"
            }
            $a = Start-Site '{{one}}'
            $b = Start-Site '{{two}}'
            [IO.File]::WriteAllText('{{folder["pandora_server.conf"]}}', @"
            # Pandora FMS server
            servername main
            incomingdir {{incoming}}
            syncserver 1
            sync_address 127.0.0.1:$($a.Port), localhost
            sync_port $($b.Port)
            sync_ca {{folder["cacert.pem"]}}
            sync_cert {{folder["main.pem"]}}
            sync_key {{folder["main.key"]}}
            sync_retries 3
            sync_timeout 10
            "@)
            $c = Get-PandoraSyncConfiguration '{{folder["pandora_server.conf"]}}'
            'understood ' + $c.Count + ' ' + (Get-PandoraSyncConfiguration '{{folder["pandora_server.conf"]}}' -Settings | Where-Object Key -eq 'sync_port').Source
            Invoke-PandoraSync -ConfigPath '{{folder["pandora_server.conf"]}}' | ForEach-Object { "drained $($_.Files) $($_.Succeeded)" }
            Stop-TentacleServer $a, $b
            """);
        var result = await ShellProcess.RunAsync(["-File", script]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains($"understood 2 {folder["pandora_server.conf"]}, line 6", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, result.Output.Split('\n').Count(l => l.StartsWith("drained 20 True", StringComparison.Ordinal)));

        // The names in the certificates are arbitrary: one warning a site, and the connections are used.
        Assert.Equal(2, (result.Output + result.Errors).Split('\n').Count(l => l.Contains("the connection is used, since its authority is trusted", StringComparison.Ordinal)));
        foreach (var file in files)
            Assert.Equal(file.Content, await File.ReadAllBytesAsync(Path.Combine(incoming, file.Name)));
        Assert.Empty(Directory.GetFiles(one).Concat(Directory.GetFiles(two)));
    }

    private static async Task CertificateAsync(TempFolder folder, string name)
    {
        await OpenSslAsync("req", "-newkey", "rsa:2048", "-nodes", "-subj", $"/CN=name of {name}", "-keyout", folder[name + ".key"], "-out", folder[name + ".csr"]);
        await OpenSslAsync("x509", "-req", "-in", folder[name + ".csr"], "-CA", folder["cacert.pem"], "-CAkey", folder["ca.key"], "-CAcreateserial", "-days", "20", "-out", folder[name + ".pem"]);
    }

    private static async Task OpenSslAsync(params string[] arguments)
    {
        var result = await RealPrograms.OpenSsl.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
