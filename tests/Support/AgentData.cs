using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PandoraSync.TestSupport;

/// <summary>Files as monitoring agents write them: XML under the name <c>&lt;32 hex digits&gt;.&lt;epoch seconds&gt;.data</c>.</summary>
/// <param name="Name">The file name.</param>
/// <param name="Epoch">The time in the name.</param>
/// <param name="Content">The XML's bytes.</param>
public sealed record AgentData(string Name, long Epoch, byte[] Content)
{
    /// <summary>The time of file number 0.</summary>
    public const long FirstEpoch = 1_760_000_000;

    /// <summary>Smallest size that <see cref="Make"/> can give.</summary>
    public const int LeastBytes = 1024;

    private static readonly string[] Modules = ["CPU Load", "CPU IOWait", "Memory_Used", "Load Average", "Disk_/", "Proctotal", "Network_Usage_Bytes", "Cron task /etc/crontab"];

    /// <summary>Makes file number <paramref name="number"/>; the same number and size give the same file.</summary>
    /// <param name="number">0 and up: one agent and one second after the other.</param>
    /// <param name="bytes">Exact size, from <see cref="LeastBytes"/>.</param>
    public static AgentData Make(int number, int bytes = 4096)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, LeastBytes);
        var agent = AgentId(number);
        var epoch = FirstEpoch + number;
        return new AgentData(string.Format(CultureInfo.InvariantCulture, "{0}.{1}.data", agent, epoch), epoch, Xml(agent, number, epoch, bytes));
    }

    /// <summary>Makes the files 0 to <paramref name="count"/> - 1.</summary>
    public static AgentData[] MakeMany(int count, int bytes = 4096) => [.. Enumerable.Range(0, count).Select(n => Make(n, bytes))];

    /// <summary>Bytes without meaning, the same for the same seed.</summary>
    public static byte[] Noise(int seed, int bytes)
    {
        var noise = new byte[bytes];

        // Repeatable on purpose; nothing here is a secret.
#pragma warning disable CA5394
        new Random(seed).NextBytes(noise);
#pragma warning restore CA5394
        return noise;
    }

    private static string AgentId(int number) => Convert.ToHexStringLower(Noise(number, 16));

    private static byte[] Xml(string agent, int number, long epoch, int bytes)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(epoch).ToString("yyyy'/'MM'/'dd HH':'mm':'ss", CultureInfo.InvariantCulture);
        var xml = new StringBuilder("<?xml version='1.0' encoding='UTF-8'?>\n");
        xml.Append(CultureInfo.InvariantCulture, $"<agent_data description='' group='Servers' os_name='Linux' os_version='Debian GNU/Linux 13' interval='300' version='7.0NG.777' timestamp='{time}' agent_name='{agent}' agent_alias='node-{number}' timezone_offset='0' custom_id='' url_address=''>\n");
        for (var i = 0; ; i++)
        {
            var module = Module(i, number);

            // The last module needs room for its frame; what is then left is filled with an inventory's text.
            if (xml.Length + module.Length + 300 > bytes)
                break;
            xml.Append(module);
        }

        const string head = "<module>\n<name><![CDATA[Inventory]]></name>\n<type>async_string</type>\n<data><![CDATA[";
        const string tail = "]]></data>\n</module>\n</agent_data>\n";
        xml.Append(head);
        var left = bytes - xml.Length - tail.Length;
        for (var i = 0; left > 0; i++, left--)
            xml.Append((char)('a' + ((i * 7 + number) % 26)));
        xml.Append(tail);
        return Encoding.ASCII.GetBytes(xml.ToString());
    }

    private static string Module(int i, int number) => string.Create(
        CultureInfo.InvariantCulture,
        $"<module>\n<name><![CDATA[{Modules[i % Modules.Length]}]]></name>\n<description><![CDATA[Checked by the agent, number {i}]]></description>\n<type>generic_data</type>\n<interval>1</interval>\n<data><![CDATA[{(i * 37 + number * 11) % 1000 / 10.0}]]></data>\n</module>\n");
}
