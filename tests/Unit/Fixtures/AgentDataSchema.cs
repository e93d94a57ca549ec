using System.IO;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Xunit;

namespace PandoraSync.Tests.Fixtures;

/// <summary>
/// The structure of agent data as Pandora FMS documents it, as far as agents write it. Debian has the agent but not the server that reads, so what
/// the agent writes is held to this too.
/// </summary>
internal static class AgentDataSchema
{
    private const string Text = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
          <xs:element name="agent_data">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="module" minOccurs="0" maxOccurs="unbounded">
                  <xs:complexType>
                    <xs:all>
                      <xs:element name="name"><xs:simpleType><xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction></xs:simpleType></xs:element>
                      <xs:element name="description" type="xs:string" minOccurs="0"/>
                      <xs:element name="type">
                        <xs:simpleType>
                          <xs:restriction base="xs:string">
                            <xs:pattern value="(generic|async)_(data|proc|string)|generic_data_inc|generic_data_inc_abs"/>
                          </xs:restriction>
                        </xs:simpleType>
                      </xs:element>
                      <xs:element name="interval" type="xs:double" minOccurs="0"/>
                      <xs:element name="unit" type="xs:string" minOccurs="0"/>
                      <xs:element name="min_warning" type="xs:double" minOccurs="0"/>
                      <xs:element name="max_warning" type="xs:double" minOccurs="0"/>
                      <xs:element name="min_critical" type="xs:double" minOccurs="0"/>
                      <xs:element name="max_critical" type="xs:double" minOccurs="0"/>
                      <xs:element name="data" type="xs:string"/>
                    </xs:all>
                  </xs:complexType>
                </xs:element>
              </xs:sequence>
              <xs:attribute name="agent_name" use="required"><xs:simpleType><xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction></xs:simpleType></xs:attribute>
              <xs:attribute name="interval" type="xs:positiveInteger" use="required"/>
              <xs:attribute name="timestamp" use="required"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"/></xs:restriction></xs:simpleType></xs:attribute>
              <xs:attribute name="version" type="xs:string" use="required"/>
              <xs:attribute name="os_name" type="xs:string" use="required"/>
              <xs:attribute name="group" type="xs:string"/>
              <xs:attribute name="agent_alias" type="xs:string"/>
              <xs:attribute name="description" type="xs:string"/>
              <xs:attribute name="os_version" type="xs:string"/>
              <xs:attribute name="timezone_offset" type="xs:string"/>
              <xs:attribute name="parent_agent_name" type="xs:string"/>
              <xs:attribute name="address" type="xs:string"/>
              <xs:attribute name="custom_id" type="xs:string"/>
              <xs:attribute name="url_address" type="xs:string"/>
              <xs:attribute name="group_password" type="xs:string"/>
              <xs:attribute name="group_id" type="xs:string"/>
              <xs:attribute name="ehorus_id" type="xs:string"/>
              <xs:attribute name="agent_mode" type="xs:string"/>
              <xs:attribute name="secondary_groups" type="xs:string"/>
            </xs:complexType>
          </xs:element>
        </xs:schema>
        """;

    /// <summary>Asserts that a file is agent data.</summary>
    public static XElement Check(byte[] content)
    {
        var schemas = new XmlSchemaSet();
        using (var schema = XmlReader.Create(new StringReader(Text)))
            schemas.Add(string.Empty, schema);
        using var stream = new MemoryStream(content);
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        var document = XDocument.Load(reader);
        document.Validate(schemas, (_, e) => Assert.Fail(e.Message));
        return document.Root!;
    }
}
