import { CloseOutlined } from '@ant-design/icons';
import { Button } from 'antd';

export function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button size="small" type="text" icon={<CloseOutlined />} aria-label={label} title={label} onClick={onClick} />
  );
}
