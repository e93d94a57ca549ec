using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests.Examples;

/// <summary>examples/ansible as it is, over machines that are folders of this one. No systemd is asked to run anything: the units' command lines are started here.</summary>
internal sealed class AnsiblePlace : IDisposable
{
    /// <summary>What a caller has to know.</summary>
    public const string Password = "known-to-callers";

    /// <summary>What the authority's key is encrypted with.</summary>
    public const string Passphrase = "known-to-the-authority";

    private static readonly string Examples = Path.Combine(Repository.Root, "examples", "ansible");
    private static readonly Regex Recap = new(@"^(?<host>\w+)\s*: ok=\d+\s+changed=(?<changed>\d+)\s+unreachable=0\s+failed=0\s", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
    private static readonly Regex Word = new(@"""(?<word>(?:[^""\\]|\\.)*)""", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
    private static readonly Regex Escaped = new(@"\\(?<sign>.)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal) { ["ANSIBLE_CONFIG"] = Path.Combine(Examples, "ansible.cfg"), ["ANSIBLE_NOCOLOR"] = "1", ["LC_ALL"] = "C.UTF-8", ["POWERSHELL_TELEMETRY_OPTOUT"] = "1" };

    public AnsiblePlace(string group)
    {
        var pwsh = _folder.Write("control/pwsh", $"#!/bin/sh\nexec {Shell.Program} '{Shell.FirstArguments[0]}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(pwsh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var module = Path.Combine(Repository.Modules, "PandoraSync");
        ZipFile.CreateFromDirectory(module, _folder[$"PandoraSync.{Repository.Version}.nupkg"]);
        using (var package = ZipFile.Open(_folder[$"PandoraSync.{Repository.Version}.nupkg"], ZipArchiveMode.Update))
        {
            foreach (var name in new[] { "_rels/.rels", "package/services/properties.psmdcp", "[Content_Types].xml" })
                package.CreateEntry(name);
        }

        using (var packed = new GZipStream(File.Create(_folder["powershell.tar.gz"]), CompressionLevel.Fastest))
            TarFile.CreateFromDirectory(_folder["control"], packed, includeBaseDirectory: false);
        var ports = FreePorts(2);
        Ports = new Dictionary<string, int>(StringComparer.Ordinal) { ["north"] = ports[0], ["south"] = ports[1] };
        var own = $"{_folder["machines"]}/{{{{ inventory_hostname }}}}";
        _folder.Write("variables.json", JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["ansible_connection"] = "local",
            ["ansible_host"] = "127.0.0.1",
            ["ansible_python_interpreter"] = "{{ ansible_playbook_python }}",
            ["ports"] = Ports,
            ["pandorasync_become"] = false,
            ["pandorasync_packages"] = Array.Empty<string>(),
            ["pandorasync_user"] = Environment.UserName,
            ["pandorasync_group"] = group,
            ["pandorasync_module_package"] = _folder[$"PandoraSync.{Repository.Version}.nupkg"],
            ["pandorasync_module_dir"] = $"{own}/modules",
            ["pandorasync_powershell_archive"] = $"{{{{ '{_folder["powershell.tar.gz"]}' if inventory_hostname == 'north' else '' }}}}",
            ["pandorasync_powershell_dir"] = $"{own}/powershell",
            ["pandorasync_pwsh"] = $"{{{{ '{own.Replace("{{ inventory_hostname }}", "north", StringComparison.Ordinal)}/powershell/pwsh' if inventory_hostname == 'north' else '{pwsh}' }}}}",
            ["pandorasync_control_pwsh"] = pwsh,
            ["pandorasync_control_module"] = Path.Combine(module, "PandoraSync.psd1"),
            ["pandorasync_authority_dir"] = _folder["authority"],
            ["pandorasync_authority_passphrase"] = Passphrase,
            ["pandorasync_password"] = Password,
            ["pandorasync_start"] = "none",
            ["pandorasync_unit_dir"] = $"{own}/units",
            ["pandorasync_etc"] = $"{own}/etc",
            ["pandorasync_addresses"] = new[] { "127.0.0.1" },
            ["pandorasync_port"] = "{{ ports[inventory_hostname] }}",
            ["pandorasync_buffer_dir"] = $"{own}/buffer",
            ["pandorasync_incoming_dir"] = $"{own}/incoming",
        }));
        _environment["ANSIBLE_HOME"] = _environment["ANSIBLE_REMOTE_TMP"] = _folder["ansible"];
    }

    /// <summary>The sites' ports.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; }

    /// <summary>Something of a machine.</summary>
    public string this[string path] => Path.Combine(_folder["machines"], path);

    /// <summary>Runs the playbook.</summary>
    /// <param name="inventory">A file of the inventory's folder.</param>
    /// <param name="more">Further arguments.</param>
    /// <returns>For each machine how many tasks changed something.</returns>
    public async Task<IReadOnlyDictionary<string, int>> RunAsync(string inventory, params string[] more)
    {
        var result = await RealPrograms.AnsiblePlaybook.RunAsync(["-i", $"inventory/{inventory}", "-e", $"@{_folder["variables.json"]}", .. more, "site.yml"], folder: Examples, environment: _environment, limit: TimeSpan.FromMinutes(10));
        Assert.True(result.ExitCode == 0, result.ToString());
        foreach (var secret in new[] { Password, Passphrase, "PRIVATE KEY" })
            Assert.DoesNotContain(secret, result.ToString(), StringComparison.Ordinal);
        return Recap.Matches(result.Output).ToDictionary(m => m.Groups["host"].Value, m => int.Parse(m.Groups["changed"].Value, System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    /// <summary>Starts what a machine's unit says.</summary>
    public ShellProcess Start(string machine, string service)
    {
        var line = File.ReadLines(this[$"{machine}/units/{service}.service"]).Single(l => l.StartsWith("ExecStart=", StringComparison.Ordinal));
        return ShellProcess.StartLine([.. Word.Matches(line).Select(m => Escaped.Replace(m.Groups["word"].Value, "${sign}").Replace("%%", "%", StringComparison.Ordinal).Replace("$$", "$", StringComparison.Ordinal))]);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Ports that the system has to give away: the configuration's syntax has no way to say "any".</summary>
    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
            listener.Stop();
        return ports;
    }
}
