using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using k8s;
using k8s.Models;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests.Examples;

/// <summary>What people copy from examples/kubernetes: put together by Debian's kubectl, held against the published schema, and its pods' command line run.</summary>
public sealed class KubernetesTests : IDisposable
{
    private const int SiteCount = 5;
    private static readonly string Examples = Path.Combine(Repository.Root, "examples", "kubernetes");
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task The_manifests_fit_the_schema_and_each_other()
    {
        var (job, objects) = await RenderAsync("x", "x");
        Assert.Equal("Indexed", job.CompletionMode);
        Assert.Equal((job.Completions, job.Completions!.Value.ToString(CultureInfo.InvariantCulture)), (job.Parallelism, Container(job).Env.Single(e => e.Name is "WORKERS").Value));
        Assert.Equal(objects.OfType<V1ConfigMap>().Single().Name(), Volume("configuration").ConfigMap.Name);
        Assert.Equal(objects.OfType<V1Secret>().Single().Name(), Volume("secrets").Secret.SecretName);
        Assert.Equal(objects.OfType<V1PersistentVolumeClaim>().Single().Name(), Volume("incoming").PersistentVolumeClaim.ClaimName);
        Assert.Equal(job.Template.Spec.Volumes.Select(v => v.Name).Order(StringComparer.Ordinal), Container(job).VolumeMounts.Select(m => m.Name).Order(StringComparer.Ordinal));

        // What a pod reads is there, by the names that its script uses.
        var script = objects.OfType<V1ConfigMap>().Single().Data["drain.ps1"];
        Assert.EndsWith("/drain.ps1", Container(job).Command[^1], StringComparison.Ordinal);
        Assert.Contains("Import-Csv -Path /etc/pandorasync/sites.csv", script, StringComparison.Ordinal);
        Assert.All(objects.OfType<V1Secret>().Single().Data.Keys, name => Assert.Contains($"$secrets/{name}\"", script, StringComparison.Ordinal));
        Assert.All(Container(job).VolumeMounts.Where(m => m.Name is not "tmp"), m => Assert.Contains(m.MountPath, script, StringComparison.Ordinal));
        Assert.True(job.Template.Spec.SecurityContext.RunAsNonRoot);
        Assert.True(Container(job).SecurityContext.ReadOnlyRootFilesystem);

        // The image has the module where PowerShell looks for it.
        var copied = Regex.Match(await File.ReadAllTextAsync(Path.Combine(Examples, "Dockerfile")), @"^COPY (?<from>\S+) /usr/local/share/powershell/Modules/PandoraSync\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        Assert.True(File.Exists(Path.Combine(Repository.Modules, copied.Groups["from"].Value, "PandoraSync.psd1")));

        V1Volume Volume(string name) => job.Template.Spec.Volumes.Single(v => string.Equals(v.Name, name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_pods_share_the_sites_and_have_each_file_once()
    {
        using var sites = ShellProcess.Start("-File", _folder.Write("sites.ps1", $$"""
            $ErrorActionPreference = 'Stop'
            $ca = New-TentacleCertificate -Authority -OutputDirectory '{{_folder["ca"]}}'
            $site = New-TentacleCertificate 127.0.0.1 -Role Server -Issuer $ca -OutputDirectory '{{_folder["site"]}}'
            $null = New-TentacleCertificate -CommonName workers -Role Client -Issuer $ca -OutputDirectory '{{_folder["client"]}}'
            $login = [pscredential]::new('x', (ConvertTo-SecureString known -AsPlainText -Force))
            $rows = foreach ($n in 1..{{SiteCount}}) {
                $buffer = [IO.Directory]::CreateDirectory('{{_folder["buffers"]}}/' + $n).FullName
                [IO.File]::WriteAllText("$buffer/site$n.1760000000.data", 'measured')
                $server = $site | Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0 -Credential $login
                "127.0.0.1,$($server.Port)"
            }
            [IO.File]::WriteAllLines('{{_folder["sites.tmp"]}}', @('ComputerName,Port') + $rows)
            [IO.File]::Move('{{_folder["sites.tmp"]}}', '{{_folder["sites.csv"]}}')
            while (-not [IO.File]::Exists('{{_folder["done"]}}')) { Start-Sleep -Milliseconds 50 }
            Get-TentacleServer | Stop-TentacleServer
            """));
        await Eventually.BecomesTrue(() => _folder.Has("sites.csv"), "the sites listen", TimeSpan.FromSeconds(60));
        var (job, objects) = await RenderAsync(_folder["client"], "known\n");
        var data = objects.OfType<V1ConfigMap>().Single().Data;
        foreach (var index in Enumerable.Range(0, job.Completions!.Value))
        {
            var mounts = Container(job).VolumeMounts.ToDictionary(m => m.MountPath, m => _folder.MakeFolder($"{m.Name}{m.SubPathExpr?.Replace("$(JOB_COMPLETION_INDEX)", $"{index}", StringComparison.Ordinal)}"), StringComparer.Ordinal);
            foreach (var (name, bytes) in objects.OfType<V1Secret>().Single().Data)
                await File.WriteAllBytesAsync(Path.Combine(mounts["/run/secrets/pandorasync"], name), bytes);
            await File.WriteAllTextAsync(Path.Combine(mounts["/etc/pandorasync"], "sites.csv"), data["sites.csv"]);
            await File.WriteAllTextAsync(Path.Combine(mounts["/etc/pandorasync"], "drain.ps1"), InPlace(data["drain.ps1"], mounts));
            var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["WORKERS"] = Container(job).Env.Single(e => e.Name is "WORKERS").Value, ["JOB_COMPLETION_INDEX"] = $"{index}" };
            using var pod = ShellProcess.StartWith(environment, [.. Container(job).Command.Skip(1).Select(w => InPlace(w, mounts))]);
            var result = await pod.EndAsync();
            Assert.True(result.ExitCode == 0, result.ToString());
            Assert.All(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("{\"", line, StringComparison.Ordinal));
        }

        await File.WriteAllTextAsync(_folder["done"], string.Empty);
        Assert.Equal(0, (await sites.EndAsync()).ExitCode);
        var arrived = Enumerable.Range(0, job.Completions.Value).SelectMany(i => Directory.GetFiles(_folder[$"incomingworker-{i}"], "*.data")).Select(p => Path.GetFileName(p));
        Assert.Equal(Enumerable.Range(1, SiteCount).Select(n => $"site{n}.1760000000.data"), arrived.Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(_folder["buffers"], "*.data", SearchOption.AllDirectories));
    }

    public void Dispose() => _folder.Dispose();

    private static V1Container Container(V1JobSpec job) => job.Template.Spec.Containers.Single();

    /// <summary>A text with the pod's folders replaced by those that stand for them.</summary>
    private static string InPlace(string text, IReadOnlyDictionary<string, string> mounts) =>
        mounts.Where(m => m.Key is not "/tmp").Aggregate(text, (all, m) => all.Replace(m.Key, m.Value, StringComparison.Ordinal));

    /// <summary>The example with secrets in it, as it is applied.</summary>
    private async Task<(V1JobSpec Job, IReadOnlyList<object> Objects)> RenderAsync(string certificates, string password)
    {
        Assert.SkipWhen(RealPrograms.KubeCtl.WhyMissing is not null, RealPrograms.KubeCtl.WhyMissing ?? string.Empty);
        foreach (var path in Directory.GetFiles(Examples))
            File.Copy(path, Path.Combine(_folder.MakeFolder("kubernetes"), Path.GetFileName(path)));
        foreach (var name in new[] { "cacert.pem", "tentaclecert.pem", "tentaclekey.pem" })
            _folder.Write($"kubernetes/secrets/{name}", File.Exists(Path.Combine(certificates, name)) ? await File.ReadAllTextAsync(Path.Combine(certificates, name)) : "x");
        _folder.Write("kubernetes/secrets/password", password);
        if (_folder.Has("sites.csv"))
            File.Copy(_folder["sites.csv"], _folder["kubernetes/sites.csv"], overwrite: true);
        var rendered = await RealPrograms.KubeCtl.RunAsync(["kustomize", _folder["kubernetes"]]);
        Assert.True(rendered.ExitCode == 0, rendered.ToString());
        var objects = KubernetesYaml.LoadAllFromString(rendered.Output, strict: true);
        return (objects.OfType<V1CronJob>().Single().Spec.JobTemplate.Spec, objects);
    }
}
