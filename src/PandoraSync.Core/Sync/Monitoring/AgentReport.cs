using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml;
using PandoraSync.Sync.Journal;

namespace PandoraSync.Sync.Monitoring;

/// <summary>The sync server's own agent data, as Pandora FMS's agents write theirs: for each site modules of the types that alerts are made on.</summary>
/// <param name="options">The agent.</param>
/// <param name="now">The time of day, UTC.</param>
internal sealed class AgentReport(SelfMonitoringOptions options, DateTime now)
{
    private const int WarningDays = 30;
    private const int CriticalDays = 7;

    /// <summary>Makes the file's content.</summary>
    /// <param name="sites">The sites, each with the files and bytes that have come since the last report.</param>
    public byte[] Make(IEnumerable<(SiteStatus Status, long Files, long Bytes)> sites)
    {
        using var content = new MemoryStream();
        using (var xml = XmlWriter.Create(content, new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, NewLineChars = "\n", CheckCharacters = true }))
        {
            xml.WriteStartElement("agent_data");
            foreach (var (name, value) in Head())
                xml.WriteAttributeString(name, value);
            foreach (var site in sites)
                WriteSite(xml, site.Status, site.Files, site.Bytes);
            xml.WriteEndElement();
        }

        return content.ToArray();
    }

    private IEnumerable<(string Name, string Value)> Head() =>
    [
        ("description", "PandoraSync, the sync server"), ("group", Clean(options.Group)), ("os_name", RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "Windows" : "Linux"),
        ("os_version", Clean(RuntimeInformation.OSDescription)), ("interval", Number(options.Interval.TotalSeconds)), ("version", typeof(AgentReport).Assembly.GetName().Version!.ToString(3)),
        ("timestamp", now.ToLocalTime().ToString("yyyy'/'MM'/'dd HH':'mm':'ss", CultureInfo.InvariantCulture)), ("agent_name", options.Agent!), ("agent_alias", options.Agent!), ("timezone_offset", "0"),
    ];

    private void WriteSite(XmlWriter xml, SiteStatus site, long files, long bytes)
    {
        Write(xml, $"{site.Site} reachable", "generic_proc", site.Error is null ? 1 : 0, string.Empty, site.Error?.Message ?? "The last run drained it to its end");
        Write(xml, $"{site.Site} files", "generic_data", files, "files", "Files that have arrived since the last report");
        Write(xml, $"{site.Site} bytes", "generic_data", bytes, "bytes", "Their content");
        Write(xml, $"{site.Site} files left", "generic_data", site.Skipped, "files", "Files that the last run did not take");
        Write(xml, $"{site.Site} oldest file", "generic_data", Math.Round(site.OldestFileAge(now)?.TotalSeconds ?? 0), "s", "Age of the oldest file in the buffer, as far as is known");
        Write(xml, $"{site.Site} time", "generic_data", Math.Round(site.Elapsed.TotalSeconds, 3), "s", "How long the last run took");
        Write(xml, $"{site.Site} errors in a row", "generic_data", site.FailuresInARow, string.Empty, "Runs since the last success");
        if (site.CertificateEnd is { } end)
            Write(xml, $"{site.Site} certificate", "generic_data", Math.Floor((end - now).TotalDays), "days", "Days until a certificate ends: the site's, or the one that is shown to it", WarningDays, CriticalDays);
    }

    private static void Write(XmlWriter xml, string name, string type, double value, string unit, string description, int? warnBelow = null, int? criticalBelow = null)
    {
        xml.WriteStartElement("module");
        Element("name", Clean(name));
        Element("description", Clean(description));
        Element("type", type);
        if (unit.Length > 0)
            Element("unit", unit);
        if (warnBelow is { } warning && criticalBelow is { } critical)
        {
            Element("min_warning", Number(critical));
            Element("max_warning", Number(warning));
            Element("min_critical", "-100000");
            Element("max_critical", Number(critical));
        }

        Element("data", Number(value));
        xml.WriteEndElement();

        void Element(string element, string text)
        {
            xml.WriteStartElement(element);
            xml.WriteCData(text.Replace("]]>", "]] >"));
            xml.WriteEndElement();
        }
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>Leaves out what no XML may have: names and messages are partly a peer's.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                clean.Append(text[i]).Append(text[++i]);
            else
                clean.Append(XmlConvert.IsXmlChar(text[i]) && text[i] >= ' ' ? text[i] : '?');
        }

        return clean.ToString();
    }
}
