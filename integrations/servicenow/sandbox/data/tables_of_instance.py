"""What the instance keeps about itself: settings, choices, templates, limits, history."""

from integrations.servicenow.sandbox.data.columns import Column, dates, flags, numbers, read_only, refs, texts
from integrations.servicenow.sandbox.data.tables import Table, plain

ATTACHMENT_COLUMNS = (
    *texts("file_name content_type table_name table_sys_id size_bytes size_compressed hash"),
    *texts("compressed average_image_color image_height image_width"),
)

DICTIONARY_COLUMNS = (
    *texts("name element column_label internal_type reference default_value"),
    *numbers(max_length="40"),
    *flags(mandatory="false", active="true", read_only="false", unique="false"),
)

TEMPLATE_VERSION_COLUMNS = (
    *texts("name state"),
    *refs("std_change_record_producer", "std_change_producer"),
    *numbers(version="1"),
)

AUDIT_COLUMNS = (
    *texts("tablename documentkey fieldname user reason", 80),
    *texts("oldvalue newvalue", 4000),
    *numbers(record_checkpoint="0"),
)

RATE_RULE_COLUMNS = (
    *texts("name api table user_name role"),
    *numbers(limit=""),
    *flags(active="true"),
)

TABLES: tuple[Table, ...] = (
    plain(
        "chg_model",
        "Change Model",
        "name",
        *texts("name sys_name table_name state_field color sys_class_name"),
        *texts("description record_preset", 4000),
        *flags(active="true", available_in_ui="true", default_change_model="false"),
    ),
    plain(
        "risk_conditions",
        "Risk Condition",
        "name",
        *texts("name"),
        Column("condition", length=4000),
        *numbers(risk="", order="100"),
        *flags(active="true"),
    ),
    plain(
        "sys_choice",
        "Choice",
        "label",
        *texts("name element value label language"),
        *flags(inactive="false"),
        *numbers(sequence="0"),
    ),
    plain(
        "sys_journal_field",
        "Journal Entry",
        "sys_created_on",
        *texts("name element element_id"),
        *texts("value", 4000),
    ),
    plain("sys_audit", "Audit", "fieldname", *read_only(*AUDIT_COLUMNS)),
    plain("sys_properties", "System Property", "name", *texts("name value type description")),
    plain("sys_dictionary", "Dictionary Entry", "element", *DICTIONARY_COLUMNS),
    plain("sys_rate_limit_rules", "Rate Limit Rule", "name", *RATE_RULE_COLUMNS),
    plain(
        "sys_rate_limit_violations",
        "Rate Limit Violation",
        "rule",
        *refs("sys_rate_limit_rules", "rule"),
        *refs("sys_user", "user"),
        *dates("window_start"),
        *numbers(count="0"),
    ),
    plain("sys_template", "Template", "name", *texts("name table"), Column("template", length=8000)),
    plain(
        "std_change_record_producer",
        "Standard Change Template",
        "name",
        *texts("name short_description category"),
        *refs("sys_template", "template"),
        *flags(active="true"),
    ),
    plain("std_change_producer_version", "Standard Change Template Version", "name", *TEMPLATE_VERSION_COLUMNS),
    plain("sys_attachment", "Attachment", "file_name", *read_only(*ATTACHMENT_COLUMNS)),
)
